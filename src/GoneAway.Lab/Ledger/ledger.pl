# One client of the ledger's application that has its statements prepared by the server; ledger.py says what it writes down.
use strict;
use warnings;
use DBI;
use Time::HiRes qw(time sleep);

my ($me, $naive) = @ENV{qw(FIRST NAIVE)};
my %lost = map { $_ => 1 } (0, 2002, 2003, 2006, 2013, 2014, 2055, 1053, 1927);
my $dsn = "DBI:mysql:database=shop;host=$ENV{DB_HOST};port=$ENV{DB_PORT};mysql_server_prepare=1;mysql_connect_timeout=20;mysql_read_timeout=60";
my ($db, %prepared, $step, $last);
srand($ENV{SEED} * 1000 + $me);
open(my $log, '>>', $ENV{LOG}) or die $!;

sub stopping { -e $ENV{STOP} }

sub note {
    my $text = join("\t", map { s/[\t\n]/ /gr } @_, sprintf('%.3f', time));
    syswrite($log, "$text\n");
}

sub connect_again {
    %prepared = ();
    until (stopping()) {
        $db = DBI->connect($dsn, 'app', 'secret', { PrintError => 0, RaiseError => 0, AutoCommit => 1, mysql_auto_reconnect => 0 });
        return 1 if $db && $db->do('SET SESSION group_concat_max_len = ' . (1000 + $me));
        note('C', $me, DBI->err // 0, DBI->errstr // '');
        sleep 0.1;
    }
    return 0;
}

sub told { die +{ code => $_[0]->err // 0, text => $_[0]->errstr // '' } }

sub execute {
    my ($now, $sql, @values) = @_;
    $step = $now;
    for (;;) {
        my $statement = $prepared{$sql} //= $db->prepare($sql);
        my $fault = $db;
        if ($statement) {
            return $statement if $statement->execute(@values);
            $fault = $statement;
        }
        told($fault) unless $naive && $lost{$fault->err // 0} && connect_again();
    }
}

my $insert = 'INSERT INTO journal (client, number, part) VALUES (?, ?, ?)';

sub answer { my @row = execute(@_)->fetchrow_array; return join(' ', @row) }

sub rows {
    my ($n, $parts) = @_;
    $step = 'begin';
    # DBI's begin_work says yes even where the server said no.
    told($db) if !$db->begin_work || $db->{AutoCommit};
    execute('inside', $insert, $me, $n, $_) for 0 .. $parts - 1;
}

# After begin_work DBI's commit and rollback say yes even where the server said no; err has the server's word, and that of SET autocommit=1.
sub ended {
    return if $_[0] && !$db->err && $db->{AutoCommit};
    # The error of SET autocommit=1 takes the place of COMMIT's.
    die +{ code => 1105, text => 'whether COMMIT failed too is not told: ' . $db->errstr } if $step eq 'commit' && ($db->err // 0) == 21;
    told($db);
}

my %kinds = (
    insert      => sub { execute('write', $insert, $me, $_[0], 0) },
    counter     => sub { execute('write', 'UPDATE counters SET n = n + 1 WHERE client = ?', $me) },
    transaction => sub {
        rows(@_);
        execute('inside', 'UPDATE counters SET n = n + 1 WHERE client = ?', $me);
        $step = 'commit';
        ended($db->commit);
    },
    rollback => sub { rows(@_); $step = 'rollback'; ended($db->rollback) },
    read     => sub {
        my $got = answer('read', 'SELECT ?, ?, @@group_concat_max_len', $me, $_[0]);
        die +{ wrong => "its own numbers: $got" } if $got ne "$me $_[0] " . (1000 + $me);
        return if !$last || $naive;
        $got = answer('read', 'SELECT COUNT(*) FROM journal WHERE client = ? AND number = ?', $me, $last->[0]);
        die +{ wrong => "rows of $last->[0], which was acknowledged: $got instead of $last->[1]" } if $got != $last->[1];
    },
);
my @choice = (('insert') x 6, ('counter') x 2, ('transaction') x 4, 'rollback', ('read') x 4);

sub work {
    my ($n) = @_;
    my $kind = $choice[rand @choice];
    my $parts = $kind eq 'read' ? 0 : $kind =~ /^(transaction|rollback)$/ ? 1 + int(rand 4) : 1;
    note('B', $me, $n, $kind, $parts);
    $step = '';
    if (eval { $kinds{$kind}->($n, $parts); 1 }) {
        note('E', $me, $n, 'acknowledged', $step, 0, '');
        $last = [$n, $parts] if $kind =~ /^(insert|transaction)$/;
        return 1;
    }
    my $fault = ref $@ ? $@ : { code => 0, text => "$@" };
    if ($fault->{wrong}) {
        note('E', $me, $n, 'wrong', $step, 0, $fault->{wrong});
        return 0;
    }
    note('E', $me, $n, 'error', $step, $fault->{code}, $fault->{text});
    return 0 if $lost{ $fault->{code} };
    return 1 if $db->{AutoCommit};
    $db->rollback;
    return !$db->err && ($db->{AutoCommit} || ($db->{AutoCommit} = 1)) && !$db->err;
}

my $n = 0;
while (!stopping() && ($db || connect_again())) {
    unless (work(++$n)) {
        %prepared = ();
        $db->disconnect if $db;
        undef $db;
    }
    sleep(rand 0.008);
}
$db->disconnect if $db;
print "ended\n";
