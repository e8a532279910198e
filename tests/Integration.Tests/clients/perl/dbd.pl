# DBD::mysql: emulated and server-side prepared statements, results that are stored and used, several results, asynchronous queries.
use strict;
use warnings;
use utf8;
use DBI qw(:sql_types);
use Digest::SHA qw(sha1_hex);
binmode STDOUT, ':utf8';
$| = 1;
my ($schema, $variant, $mariadb) = ($ENV{CLIENT_SCHEMA}, $ENV{CLIENT_VARIANT} // 'plain', ($ENV{CLIENT_FLAVOUR} // '') eq 'mariadb');
my $bytes = join '', map chr, 0 .. 255;
my $rows = $variant eq 'plain' ? 100_000 : 10_000;
my $failed = 0;

sub shown {
    my $value = shift;
    return 'undef' unless defined $value;
    return '[' . join(', ', map shown($_), @$value) . ']' if ref $value eq 'ARRAY';
    return '{' . join(', ', map "$_: " . shown($value->{$_}), sort keys %$value) . '}' if ref $value eq 'HASH';
    my $copy = $value;
    utf8::encode($copy) if utf8::is_utf8($copy);
    return 'string(' . length($value) . ' ' . sha1_hex($copy) . ')' if length $value > 300;
    $copy =~ s/([^\x20-\x7e]|[\\'])/sprintf '\\x%02x', ord $1/ge;
    return "'$copy'";
}
sub say_ { my $step = shift; print "$step: ", join(', ', map shown($_), @_), "\n"; }
sub fails {
    my ($step, $action) = @_;
    my @found = eval { $action->() };
    my ($code, $state, $text) = ($DBI::err, $DBI::state, $DBI::errstr);
    if ($@) {
        s/((?:thread id: |handler \()\d+)/$1 =~ s{\d+}{#}r/ge for ($text //= $@);
        $text =~ s/ at \S+ line \d+\.?\n?//;
        print "$step: ", $code // '', ' ', $state // '', " $text\n";
    } else { say_($step, 'no error', @found); }
}
sub section {
    my ($name, $action) = @_;
    print "== $name\n";
    unless (eval { $action->(); 1 }) { $failed = 1; print "$name failed: $@"; }
}
sub link_ {
    my %changes = (user => $ENV{CLIENT_USER}, password => $ENV{CLIENT_PASSWORD}, schema => $schema, options => '', @_);
    my $source = "DBI:mysql:host=$ENV{CLIENT_HOST};port=$ENV{CLIENT_PORT};database=$changes{schema}$changes{options}";
    $source .= ';mysql_ssl=1;mysql_ssl_optional=1' if $variant eq 'tls';
    $source .= ';mysql_compression=1' if $variant eq 'compressed';
    return DBI->connect($source, $changes{user}, $changes{password}, {RaiseError => 1, PrintError => 0, AutoCommit => $changes{auto} // 1, mysql_enable_utf8mb4 => 1, mysql_auto_reconnect => 0});
}
sub rows { my ($link, $text, @arguments) = @_; return $link->selectall_arrayref($text, undef, @arguments); }
sub act {
    my ($link, $text, @arguments) = @_;
    my $affected = $link->do($text, undef, @arguments);
    return [$affected, $link->{mysql_insertid}, $link->{mysql_warning_count}, $link->{mysql_info}];
}
sub results {
    my $statement = shift;
    do {
        say_('  result', $statement->{NUM_OF_FIELDS} ? $statement->fetchall_arrayref : ['rows', $statement->rows]);
    } while ($statement->more_results);
}

section 'connect', sub {
    my $link = link_(schema => '');
    $link->do("DROP DATABASE IF EXISTS $schema$_") for '', '_2';
    $link->do("CREATE DATABASE $schema CHARACTER SET utf8mb4");
    $link->do("CREATE DATABASE ${schema}_2 CHARACTER SET latin1");
    say_('server', $link->{mysql_serverinfo}, $link->{mysql_serverversion}, $link->{mysql_protoinfo}, $link->get_info(18));
    say_('tls', length($link->selectrow_array("SHOW SESSION STATUS LIKE 'Ssl_cipher'")) > 0) if $variant eq 'tls';
};
my $link = link_();

section 'values', sub {
    say_('scalars', rows($link, "SELECT 1, -1, 18446744073709551615, 1.10, 1e300, NULL, '', '🚀 häß', _latin1 'x', DATE '2024-02-29', TIMESTAMP '2024-02-29 23:59:59.123456', TIME '-838:59:59'"));
    $link->do("CREATE TABLE kinds (id INT AUTO_INCREMENT PRIMARY KEY, t TINYINT UNIQUE, b BIGINT UNSIGNED, f FLOAT, d DOUBLE, n DECIMAL(20,6), day DATE, moment DATETIME(6), clock TIME(3), y YEAR, bits BIT(10), choice ENUM('a','b'), c CHAR(5), raw VARBINARY(300), lump LONGBLOB, words TEXT)");
    my $insert = $link->prepare('INSERT INTO kinds (t,b,f,d,n,day,moment,clock,y,choice,c,raw,lump,words) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)');
    my @values = (-128, '18446744073709551615', 1.5, 2.25, '-99999999999999.999999', '1000-01-01', '9999-12-31 23:59:59.999999', '-99:00:00.005', 2155, 'b', 'ab');
    $insert->bind_param($_ + 1, $values[$_]) for 0 .. $#values;
    $insert->bind_param(12, $bytes, SQL_VARBINARY);
    $insert->bind_param(13, $bytes x 5, SQL_BLOB);
    $insert->bind_param(14, '🚀 ü');
    say_('insert', $insert->execute, $link->last_insert_id(undef, undef, undef, undef), $link->{mysql_insertid});
    say_('more', act($link, 'INSERT INTO kinds () VALUES ()'), act($link, "INSERT INTO kinds (c) VALUES ('x'),('y')"), act($link, "UPDATE kinds SET c = 'z' WHERE id > 1"), act($link, "UPDATE kinds SET c = 'z' WHERE id > 1"));
    my $select = $link->prepare('SELECT * FROM kinds ORDER BY id');
    $select->execute;
    say_($_, $select->{$_}) for qw(NAME TYPE NULLABLE PRECISION SCALE mysql_type_name mysql_table mysql_is_pri_key mysql_is_auto_increment mysql_length mysql_is_num);
    say_('kinds', $select->fetchall_arrayref);
    say_('tables', [sort map { (split /\./)[-1] } $link->tables], [map $_->[3], @{ $link->column_info(undef, $schema, 'kinds', '%')->fetchall_arrayref }]);
};
section 'errors', sub {
    for my $text ('SELEC 1', 'SELECT * FROM nowhere', 'INSERT INTO kinds (id) VALUES (1)', "INSERT INTO kinds (c) VALUES ('too long')", "SIGNAL SQLSTATE '45001' SET MESSAGE_TEXT = 'ours'", 'USE mysql', '') {
        fails($text, sub { $link->do($text) });
    }
    say_('warned', act($link, "INSERT IGNORE INTO kinds (id, c) VALUES (1, 'abcdefgh')"), rows($link, 'SHOW WARNINGS'));
    fails('denied', sub { link_(password => 'wrong') });
    fails('no schema', sub { link_(schema => 'c_nowhere_at_all') });
};
section 'prepared', sub {
    for my $server (0, 1) {
        my $link = link_(options => ";mysql_server_prepare=$server;mysql_server_prepare_disable_fallback=1");
        my $echo = $link->prepare('SELECT ?, ?');
        for my $pair ([1, 'a'], ['x', undef], ['🚀', 2.5], [-3, '']) { $echo->execute(@$pair); say_("echo $server", $echo->fetchall_arrayref); }
        my @open = map { $link->prepare("SELECT $_ + ?") } 0 .. 30;
        my $sum = 0;
        for my $round (1 .. 3) { for (reverse @open) { $_->execute($round); $sum += $_->fetchrow_array; $_->finish; } }
        say_("open $server", $sum);
        my $insert = $link->prepare('INSERT INTO kinds (c, lump) VALUES (?, ?)');
        for (1 .. 20) { $insert->bind_param(1, "r$_"); $insert->bind_param(2, $bytes x $_, SQL_BLOB); $insert->execute; }
        say_("inserted $server", $insert->{mysql_insertid}, rows($link, 'SELECT COUNT(*), SUM(LENGTH(lump)) FROM kinds'));
        my $select = $link->prepare('SELECT id, t, b, f, d, n, day, moment, clock, y, raw, words FROM kinds WHERE id = ?');
        $select->execute(1);
        say_("row $server", $select->fetchall_arrayref);
        fails("duplicate $server", sub { $link->prepare('INSERT INTO kinds (id) VALUES (?)')->execute(1) });
        fails("syntax $server", sub { $link->prepare('SELECT ? FROM')->execute(1) });
        fails("arguments $server", sub { $echo->execute(1) });
    }
};
section 'transactions', sub {
    my ($one, $other) = (link_(auto => 0), link_());
    $one->do('CREATE TABLE money (id INT PRIMARY KEY, amount INT) ENGINE=InnoDB');
    $one->do('INSERT INTO money VALUES (1, 1)');
    say_('unseen', rows($other, 'SELECT * FROM money'));
    $one->rollback;
    $one->do('INSERT INTO money VALUES (2, 2)');
    $one->do('SAVEPOINT a');
    $one->do('INSERT INTO money VALUES (3, 3)');
    $one->do('ROLLBACK TO a');
    $one->commit;
    say_('seen', rows($other, 'SELECT * FROM money'));
    $other->begin_work;
    $other->do('DELETE FROM money');
    say_('within', $other->{AutoCommit}, rows($other, 'SELECT COUNT(*) FROM money'), rows($one, 'SELECT COUNT(*) FROM money'));
    $other->rollback;
    $one->{AutoCommit} = 1;
    say_('after', $other->{AutoCommit}, rows($one, 'SELECT COUNT(*), @@autocommit FROM money'));
    $other->do('SET TRANSACTION ISOLATION LEVEL SERIALIZABLE');
    $other->do('START TRANSACTION READ ONLY');
    fails('read only', sub { $other->do('DELETE FROM money') });
    $other->rollback;
};
section 'large', sub {
    $link->do('CREATE TABLE lumps (id INT AUTO_INCREMENT PRIMARY KEY, lump LONGBLOB)');
    my $insert = link_(options => ';mysql_server_prepare=1')->prepare('INSERT INTO lumps (lump) VALUES (?)');
    for my $size ($variant eq 'plain' ? (1 << 20, (1 << 24) - 1, 20_000_000) : (17_000_000)) {
        my $lump = substr $bytes x ($size / 256 + 1), 0, $size;
        $insert->bind_param(1, $lump, SQL_BLOB);
        $insert->execute;
        say_("sent $size", rows($link, 'SELECT LENGTH(lump), SHA2(lump, 256) FROM lumps WHERE id = ?', $insert->{mysql_insertid}));
        say_("back $size", rows($link, 'SELECT lump FROM lumps WHERE id = ?', $insert->{mysql_insertid}));
    }
};
section 'many', sub {
    $link->do('CREATE TABLE digits (d INT)');
    $link->do('INSERT INTO digits VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9)');
    my $text = "SELECT a.d*10000 + b.d*1000 + c.d*100 + e.d*10 + f.d AS n, CONCAT('row ', a.d, b.d, c.d, e.d, f.d), NULL FROM digits a, digits b, digits c, digits e, digits f ORDER BY n LIMIT $rows";
    for my $use (0, 1) {
        my $statement = $link->prepare($text, { mysql_use_result => $use });
        $statement->execute;
        my ($count, $digest) = (0, Digest::SHA->new(1));
        while (my @row = $statement->fetchrow_array) { $count++; $digest->add(join '|', map $_ // 'undef', @row); }
        say_("rows $use", $count, $digest->hexdigest);
    }
};
section 'several', sub {
    my $multi = link_(options => ';mysql_multi_statements=1');
    $multi->do('CREATE TABLE steps (id INT AUTO_INCREMENT PRIMARY KEY, word VARCHAR(10))');
    my $statement = $multi->prepare("SELECT 1; INSERT INTO steps (word) VALUES ('a'),('b'); SELECT * FROM steps; SET \@x = 5; SELECT \@x");
    $statement->execute;
    results($statement);
    $multi->do('CREATE PROCEDURE two (IN a INT, OUT b INT) BEGIN SELECT a; SELECT id, word FROM steps; SET b = a * 2; END');
    $statement = $multi->prepare('CALL two(?, @b)');
    $statement->execute(21);
    results($statement);
    say_('out', rows($multi, 'SELECT @b'));
    my $broken = $multi->prepare('SELECT 1; SELECT * FROM nowhere; SELECT 2');
    $broken->execute;
    fails('broken', sub { results($broken) });
    fails('single only', sub { $link->do('SELECT 1; SELECT 2') });
    my $slow = link_();
    my $waiting = $slow->prepare('SELECT 7, SLEEP(0.05)', { async => 1 });
    $waiting->execute;
    say_('asynchronous', $waiting->mysql_async_result, $waiting->fetchall_arrayref);
};
section 'killed', sub {
    my $victim = link_();
    # Its own: one that another client has left may still be in the list.
    my $mark = "SELECT SLEEP(30) /* of $$ */";
    my $long = $victim->prepare("$mark FROM digits", { async => 1 });
    $long->execute;
    select undef, undef, undef, 0.005 until @{ rows($link, "SELECT 1 FROM information_schema.processlist WHERE info LIKE '$mark%'") };
    say_('kill', act($link, "KILL QUERY $victim->{mysql_thread_id}"));
    fails('killed', sub { $long->mysql_async_result; $long->fetchall_arrayref });
    say_('lives', rows($victim, 'SELECT 1'));
    say_('kill connection', act($link, "KILL $victim->{mysql_thread_id}"));
    say_('dead', !eval { for (1 .. 1000) { $victim->do('DO 1'); select undef, undef, undef, 0.005 } 1 });
    say_('ping', $victim->ping ? 1 : 0, $link->ping);
};
section 'state', sub {
    my $link = link_(options => ';mysql_local_infile=1');
    $link->do("SET \@n = 42, \@w = 'häß'");
    $link->do('CREATE TEMPORARY TABLE passing (id INT)');
    $link->do("SET SESSION sql_mode = 'ANSI_QUOTES', time_zone = '-03:30'");
    $link->do("USE ${schema}_2");
    say_('set', rows($link, 'SELECT @n, @w, @@sql_mode, @@time_zone, FROM_UNIXTIME(0), DATABASE()'), rows($link, "SELECT COUNT(*) FROM $schema.passing"));
    $link->do("SET NAMES $_"), say_("names $_", rows($link, 'SELECT @@character_set_client, @@collation_connection, HEX(CONVERT(@w USING latin1))')) for qw(latin1 utf8mb3 utf8mb4);
    fails('local', sub { $link->do("LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE $schema.digits") });
    say_('and then', rows($link, 'SELECT 1, @n'));
    say_('statistics', length $link->{mysql_stat} > 20);
    say_('found rows', link_(options => ';mysql_client_found_rows=0')->do('UPDATE digits SET d = d'), link_()->do('UPDATE digits SET d = d'));
    say_('init', rows(link_(options => ';mysql_init_command=SET @hello = 3'), 'SELECT @hello'));
};
print '== end', $failed ? ' with failures' : '', "\n";
exit $failed;
