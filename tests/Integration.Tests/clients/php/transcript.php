<?php
// What a client saw, a line per step, the same on every run: no times, no connection ids.
error_reporting(E_ALL & ~E_WARNING & ~E_DEPRECATED);
ini_set('memory_limit', '1G');
ini_set('precision', '17');
define('HOST', getenv('CLIENT_HOST'));
define('PORT', (int)getenv('CLIENT_PORT'));
define('USER', getenv('CLIENT_USER'));
define('PASSWORD', getenv('CLIENT_PASSWORD'));
define('SCHEMA', getenv('CLIENT_SCHEMA'));
define('VARIANT', getenv('CLIENT_VARIANT') ?: 'plain');
define('MARIADB', getenv('CLIENT_FLAVOUR') === 'mariadb');
define('ROWS', VARIANT === 'plain' ? 100000 : 10000);
$failed = false;

function all_bytes(): string { return implode('', array_map('chr', range(0, 255))); }

function shown($value): string
{
    if (is_array($value)) {
        $list = array_is_list($value);
        return '[' . implode(', ', array_map(fn($key) => ($list ? '' : "$key: ") . shown($value[$key]), array_keys($value))) . ']';
    }
    if (is_string($value))
        return strlen($value) > 2000 ? 'string(' . strlen($value) . ' ' . sha1($value) . ')' : (preg_match('//u', $value) ? '"' . addcslashes($value, "\0..\37\177\"\\") . '"' : 'x' . bin2hex($value));
    if (is_object($value))
        return get_class($value) . shown(get_object_vars($value));
    return gettype($value) . '(' . var_export($value, true) . ')';
}

function say(string $step, ...$values): void { echo $step, ': ', implode(', ', array_map('shown', $values)), "\n"; }

function error_of(Throwable $fault): string
{
    $state = $fault instanceof mysqli_sql_exception ? $fault->getSqlState() : '';
    $info = $fault instanceof PDOException ? shown($fault->errorInfo ?? []) : '';
    return preg_replace('/(thread id: |handler \()\d+(\) given to \w+)?/', '$1#', get_class($fault) . ' ' . $fault->getCode() . " $state " . $fault->getMessage() . " $info");
}

function fails(string $step, callable $action): void
{
    try {
        say($step, 'no error', $action());
    } catch (Throwable $fault) {
        say($step, error_of($fault));
    }
}

function section(string $name, callable $action, ...$arguments): void
{
    global $failed;
    echo "== $name\n";
    try {
        $action(...$arguments);
    } catch (Throwable $fault) {
        $failed = true;
        echo "$name failed: ", error_of($fault), ' at line ', $fault->getLine(), "\n";
    }
}

function finish(): void
{
    global $failed;
    echo '== end', $failed ? ' with failures' : '', "\n";
    exit($failed ? 1 : 0);
}
