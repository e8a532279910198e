using System.Net;
using GoneAway.Gateway.Intruders;
using GoneAway.Gateway.Loop;
using GoneAway.Gateway.Statements;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway.Sessions;

/// <content>
/// Two writers on one connection: processes that forked, threads without a lock, an answer that nobody waited for. Whose answer is whose cannot
/// be told any more, so that nobody gets one: the error names the cause, and the connection ends before a row reaches the wrong reader.
/// </content>
internal sealed partial class ClientSession
{
    /// <summary>Libraries that read each answer before they send the next command; what they send early is in <see cref="MayFollow"/>.</summary>
    private static readonly string[] Sequential = ["libmysql", "libmariadb", "mysqlnd", "pymysql", "Go-MySQL-Driver", "Node-MySQL-2", "MySQL Connector/J", "mysql-connector-python"];

    /// <summary>Of MariaDB; they send commands ahead as a rule.</summary>
    private static readonly string[] Pipelining = ["MariaDB Connector/J", "MariaDB Connector/Node", "MariaDB connector/Node", "r2dbc-mariadb"];

    /// <summary>Client, where commands that come too early are to be looked at; nothing where they are in order.</summary>
    private Ready overlap;
    /// <summary>The client's library never sends a command before the last one's answer.</summary>
    private bool isSequential;
    /// <summary>Bytes of the input that belong to the command that is being answered.</summary>
    private int outstanding;

    /// <summary>After a login: how early a command may come.</summary>
    private void LearnManners(string library)
    {
        isSequential = Sequential.Contains(library, StringComparer.OrdinalIgnoreCase);
        bool looks = isSequential || core.Holders is not null && IsLocal && !Pipelining.Contains(library, StringComparer.OrdinalIgnoreCase);
        overlap = looks ? Ready.Client : Ready.None;
        BeginWatching();
    }

    private bool IsLocal => Remote is not IPEndPoint remote || IPAddress.IsLoopback(remote.Address) || client.Socket.Local is IPEndPoint local && local.Address.Equals(remote.Address);

    /// <summary>Bytes came before the answer was complete: true when they are another writer's command.</summary>
    private async ValueTask<bool> IsSharedAsync()
    {
        if (inputEnd - inputStart - outstanding < MostStray && client.Receive(Room()) is > 0 and var count)
            inputEnd += count;
        return await IsSharedAsync(command, inputStart + outstanding);
    }

    /// <summary>A command lies behind the first one, which was not sent yet: true when they are two writers'.</summary>
    private ValueTask<bool> IsSharedAtOnceAsync()
    {
        byte first = input![inputStart + HeaderSize];
        return input[inputStart + 3] != 0 || first is CommandCode.Quit or CommandCode.StmtClose or CommandCode.StmtSendLongData or CommandCode.ChangeUser || !CommandCode.IsKnown(first)
            ? new ValueTask<bool>(false)
            : IsSharedAsync(first, inputStart + HeaderSize + LengthAt(inputStart));
    }

    private async ValueTask<bool> IsSharedAsync(byte first, int at)
    {
        if (inputEnd - at <= HeaderSize || input![at + 3] != 0 || LengthAt(at) == 0 || !CommandCode.IsKnown(input[at + HeaderSize]) || MayFollow(first, input[at + HeaderSize]))
            return false;
        if (isSequential)
            return true;
        if ((await FindHoldersAsync()).Count > 1)
            return true;
        // One process sends ahead: it knows what it does.
        overlap = Ready.None;
        return false;
    }

    /// <summary>What has no answer disturbs nobody's, and a statement may be executed in the packet behind its prepare (MariaDB: id -1).</summary>
    private static bool MayFollow(byte first, byte second) => second switch
    {
        CommandCode.Quit or CommandCode.StmtClose => true,
        CommandCode.StmtExecute or CommandCode.MariaDbStmtBulkExecute or CommandCode.StmtSendLongData => first is CommandCode.StmtPrepare,
        _ => false,
    };

    /// <summary>How far the first of two commands had come when the second one was there.</summary>
    private enum Overlap
    {
        NotSent,
        Sent,
        /// <summary>Its answer is on its way, but for the last byte.</summary>
        Answered,
    }

    /// <summary>Tells each writer, and ends the session.</summary>
    private async ValueTask<bool> TellSharedAsync(Overlap first)
    {
        bool isSent = first == Overlap.Sent, cut = isSent && (passing > 0 || continues);
        byte sequence = isSent && delivered ? (byte)(lastSequence + 1) : (byte)1;
        if (isSent)
            backend!.IsSoiled = true;
        string incident = core.NameIncident();
        bool unknown = isSent && ((traits & StatementTraits.PureRead) == 0 || InTransaction);
        // The answer of a streamed command is owed, too; the command itself is gone.
        int owed = TakeCommands() + (isSent && outstanding == 0 ? 1 : 0);
        // Nobody gets a row from here on, however long it takes to find out who they are.
        LeaveBackend();
        IReadOnlyList<SocketHolder> holders = await FindHoldersAsync();
        string who = holders.Count > 1 ? Several(holders) : "Two threads or processes write on this connection, or an answer was not waited for";
        string earlier = first == Overlap.Answered ? "the earlier one was answered" : unknown ? "the outcome of the earlier one is unknown" : "the earlier one has changed nothing";
        string text = $"{who}: a command came while another was being answered. The later one was not executed, {earlier}; open a connection in each process, after the fork.";
        // Of a client on another host nobody can tell whether it has threads or forked.
        core.NoteIncident(this, holders.Count > 1 ? "shared-after-fork" : "shared-between-threads", holders.Count == 0 ? text + " Processes that forked look the same from here (shared-after-fork)." : text, incident, holders.Count > 0 ? "likely" : "possible");
        (counters.NotExecuted, counters.OutcomesUnknown) = (counters.NotExecuted + 1, counters.OutcomesUnknown + (unknown ? 1 : 0));
        if (cut)
        {
            client.Socket.Abort();
            return false;
        }
        await TellEachAsync(unknown ? UnknownCode : ErrorCode.PacketsOutOfOrder, unknown ? "HY000" : "08S01", $"{text} [{incident}]", owed, sequence);
        await FarewellAsync();
        return false;
    }

    private static string Several(IReadOnlyList<SocketHolder> holders) =>
        $"{holders.Count} processes hold this connection's socket ({string.Join(", ", holders.Take(8).Select(static one => $"{one.Name}[{one.Pid}]"))}{(holders.Count > 8 ? ", ..." : "")})";

    /// <summary>The processes that hold the client's end, where it is on this host; empty when that cannot be told, or not in time.</summary>
    private async ValueTask<IReadOnlyList<SocketHolder>> FindHoldersAsync()
    {
        if (core.Holders is not { } finder || !IsLocal)
            return [];
        var search = new HolderSearch();
        (IPEndPoint? remote, IPEndPoint? local, int file) = (Remote as IPEndPoint, client.Socket.Local as IPEndPoint, client.Socket.File);
        _ = Task.Run(() =>
        {
            search.Run(finder, remote, local, file);
            Loop.Post(() => Notify(Ready.Signal));
        });
        long until = Loop.Now + StrayTime;
        while (search.Found is null && await WaitAsync(Ready.Signal, until) != Ready.Timeout)
            ;
        return search.Found ?? [];
    }

    private sealed class HolderSearch
    {
        private volatile IReadOnlyList<SocketHolder>? found;

        public IReadOnlyList<SocketHolder>? Found => found;

        public void Run(ISocketHolders finder, IPEndPoint? remote, IPEndPoint? local, int file)
        {
            try
            {
                string link = new FileInfo($"/proc/self/fd/{file}").LinkTarget ?? "";
                ulong inode = ulong.TryParse(link.AsSpan().TrimStart("socket:[").TrimEnd(']'), out ulong number) ? number : 0;
                found = finder.Find(remote, local, inode);
            }
            catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
            {
                found = [];
            }
        }
    }
}
