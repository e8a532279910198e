<?php
// A long-running worker: takes a job from its queue, reads what the job needs from a replica, and keeps its connection for the next one.
// php worker.php NAME QUEUE: a job is a file in the folder QUEUE; one of the name "stop" ends it.

[, $name, $queue] = $argv;
$config = require __DIR__ . '/database.php';
$database = null;
$used = 0;

function say(string $level, string $text): void
{
    global $name;
    echo date('Y-m-d H:i:s'), " $name $level: $text\n";
}

function database(): PDO
{
    global $database, $used, $config;
    if ($database !== null && time() - $used >= $config['pool']['max_idle_time']) {
        $database = null;
    }
    if ($database === null) {
        $place = "mysql:host={$config['host']};port={$config['port']};dbname={$config['database']};charset=utf8mb4";
        $database = new PDO($place, $config['username'], $config['password'], $config['options']);
    }
    $used = time();
    return $database;
}

function work(int $customer): string
{
    $statement = database()->prepare('SELECT COUNT(*), SUM(amount) FROM orders WHERE customer = ?');
    $statement->execute([$customer]);
    [$orders, $sum] = $statement->fetch(PDO::FETCH_NUM);
    return "customer $customer: $orders orders, $sum in all";
}

say('INFO', 'ready');
while (true) {
    $jobs = array_values(array_diff(scandir($queue), ['.', '..']));
    if ($jobs === []) {
        usleep(10_000);
        continue;
    }
    sort($jobs, SORT_NATURAL);
    $job = $jobs[0];
    unlink("$queue/$job");
    if ($job === 'stop') {
        say('INFO', 'stopped');
        exit(0);
    }
    try {
        say('INFO', "$job: " . work(crc32($job) % 50));
    } catch (PDOException $lost) {
        say('ERROR', "$job failed: PDOException: {$lost->getMessage()} in " . basename($lost->getFile()) . ":{$lost->getLine()}");
        $database = null;
    }
}
