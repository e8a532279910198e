using System.Net;
using GoneAway.Gateway.Intruders;
using GoneAway.Gateway.Loop;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway.Sessions;

/// <content>
/// A socket that several processes of this host hold, before two of them have used it at the same time. Most of them never will: a worker that
/// computes for its parent holds the socket, too. So nobody is refused for that; but no answer becomes complete while it could be read by
/// another than who asked. Its last byte waits until all others were read: who has read another's answer has sent a command of his own
/// before, which then lies here.
/// </content>
internal sealed partial class ClientSession
{
    /// <summary>Milliseconds without a command in which there may have been a fork; whoever sends one command after the other has no time for it.</summary>
    private const int ForkTime = 1;
    /// <summary>Milliseconds without a command in which a server has forked its workers.</summary>
    private const int LikelyTime = 100;
    /// <summary>Milliseconds after which it is looked for in any case.</summary>
    private const int LookTime = 5;
    /// <summary>Milliseconds that a command waits for what is found.</summary>
    private const int LookPatience = 50;
    /// <summary>Milliseconds for a process to read what was sent to it, before another is told.</summary>
    private const int ReadPatience = 50;
    /// <summary>Milliseconds without a further command: all who use the connection have been told.</summary>
    private const int ToldTime = 100;

    /// <summary>Of the client's end; 0 where nobody can look at it.</summary>
    private ulong clientInode;
    private BirthsOfTurn? births;
    private long lookedAt;

    /// <summary>After a login: whether it can be seen who holds the client's end.</summary>
    private void BeginWatching()
    {
        births = overlap != 0 ? core.BirthsOf(Loop) : null;
        clientInode = births is not null ? LookAtClient()?.Inode ?? 0 : 0;
        lookedAt = Loop.Now;
    }

    /// <summary>Null when it is not on this host, or has no address.</summary>
    private SocketLook? LookAtClient() =>
        core.Holders is { } holders && client.Socket.Remote is IPEndPoint remote && client.Socket.Local is IPEndPoint local ? holders.Look(remote, local) : null;

    private bool MayHaveForked => clientInode != 0 && (Loop.Now - idleSince >= ForkTime || Loop.Now - lookedAt >= LookTime);

    /// <summary>A command has come, and there was time for a fork before.</summary>
    private ValueTask LookForForkAsync()
    {
        if (!births!.IsKnown)
            return LookForBornAsync();
        OnLooked();
        return default;
    }

    private void OnLooked()
    {
        lookedAt = Loop.Now;
        client.KeepsLast = core.Sharing!.IsShared(clientInode);
    }

    private async ValueTask LookForBornAsync()
    {
        long until = Loop.Now + LookPatience;
        bool isLikely = Loop.Now - idleSince >= LikelyTime;
        // The first may have begun before the fork, the second has not; where processes are born without end, a third would not be the last.
        for (int i = 0; i < 2 && Loop.Now < until && core.Sharing!.LookAgain(isLikely) is { } looking; i++)
        {
            _ = looking.ContinueWith(_ => Loop.Post(() => Notify(Ready.Signal)), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            while (!looking.IsCompleted && await WaitAsync(Ready.Signal, until) != Ready.Timeout)
                ;
        }
        OnLooked();
    }

    /// <summary>An answer is on its way but for its last byte. False ends the session: another command came.</summary>
    private async ValueTask<bool> ReleaseAsync()
    {
        while (!client.IsBroken)
        {
            // In this order: whoever has read what was not for him had sent his command before.
            bool isRead = LookAtClient() is not { Unread: > 0 };
            int count = client.Receive(Room());
            if (count > 0)
                inputEnd += count;
            if (inputEnd > inputStart && await IsSharedAsync(command, inputStart))
                return await TellSharedAsync(Overlap.Answered);
            // A goodbye, or what may be sent ahead.
            if (isRead && (inputEnd == inputStart || HasCommand()) || count < 0)
                break;
            if ((await WaitAsync(Ready.ClientHangup, Loop.Now + 1) & Ready.ClientHangup) != 0)
                break;
        }
        client.ReleaseLast();
        return !client.IsBroken;
    }

    /// <summary>An error to each who waits for an answer, one after the other has been read, until nobody asks any more.</summary>
    /// <param name="owed">Answers that are waited for.</param>
    /// <param name="sequence">Of the first.</param>
    private async ValueTask TellEachAsync(int code, string sqlState, string text, int owed, byte sequence)
    {
        client.KeepsLast = false;
        long end = Loop.Now + StrayTime;
        while (true)
        {
            for (; owed > 0; owed--, sequence = 1)
            {
                await UntilReadAsync();
                SendError(code, sqlState, text, sequence);
                if (!await client.FlushAsync(this, isClient: true, end))
                    return;
            }
            await UntilReadAsync();
            if (Loop.Now >= end || await WaitAsync(Ready.Client | Ready.ClientHangup, Math.Min(end, Loop.Now + ToldTime)) == Ready.Timeout)
                return;
            int count = client.Receive(Room());
            if (count < 0 || inputEnd - inputStart + count > MostStray)
                return;
            inputEnd += count;
            owed = TakeCommands();
        }
    }

    private async ValueTask UntilReadAsync()
    {
        long until = Loop.Now + ReadPatience;
        while (clientInode != 0 && LookAtClient() is { Unread: > 0 } && Loop.Now < until)
            await WaitAsync(Ready.ClientHangup, Loop.Now + 1);
    }

    /// <summary>Drops the whole commands of the input. How many of them have an answer.</summary>
    private int TakeCommands()
    {
        int owed = 0;
        while (inputEnd - inputStart > HeaderSize && LengthAt(inputStart) is > 0 and var length && inputEnd - inputStart >= HeaderSize + length)
        {
            if (input![inputStart + 3] == 0 && input[inputStart + HeaderSize] is not (CommandCode.Quit or CommandCode.StmtClose or CommandCode.StmtSendLongData))
                owed++;
            inputStart += HeaderSize + length;
        }
        return owed;
    }
}
