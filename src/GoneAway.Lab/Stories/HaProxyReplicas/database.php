<?php
// Reads go to the replicas, by HAProxy.
return [
    'driver' => 'mysql',
    'host' => getenv('DB_HOST'),
    'port' => (int) getenv('DB_PORT'),
    'database' => 'shop',
    'username' => 'app',
    'password' => 'secret',
    'pool' => [
        // Seconds of idleness after which a worker replaces its connection.
        'max_idle_time' => 60.0,
    ],
    'options' => [
        PDO::ATTR_PERSISTENT => true,
        PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
        PDO::ATTR_TIMEOUT => 5,
    ],
];
