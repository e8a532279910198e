using System.Runtime.InteropServices;

namespace GoneAway.Gateway.Loop;

/// <summary>
/// A thread that waits for sockets (epoll, edge-triggered) and runs, inline, the code that waits for them.
/// All that it owns is touched by this thread alone; <see cref="Post"/> is the way in from outside.
/// </summary>
internal sealed class EventLoop : IDisposable
{
    /// <summary>One read's worth. What lies in it must be used up before the next wait.</summary>
    public const int ScratchSize = 64 * 1024;

    private const int MaxEvents = 256;
    private const int SlotCount = 1024;
    private const int TickShift = 5;
    private const int MaxPooled = 1024;
    /// <summary>Cache lines of a socket, and of who waits for it, that an event touches.</summary>
    private const int SocketLines = 2, OwnerLines = 8;

    private readonly int epoll;
    private readonly int wake;
    private readonly Lock gate = new();
    private readonly Thread thread;
    private readonly Waiter?[] wheel = new Waiter?[SlotCount];
    private readonly Stack<byte[]> small = new();
    private readonly Stack<byte[]> large = new();
    private Queue<Action> posted = new();
    private Queue<Action> running = new();
    private LoopSocket?[] sockets = new LoopSocket?[256];
    private readonly Stack<int> free = new();
    private int used;
    private int generation;
    private long tick;
    private volatile bool stopping;

    public EventLoop(string name, Action<Exception> onFault)
    {
        OnFault = onFault;
        epoll = Native.CreateEpoll(0x80000);
        wake = Native.CreateEvent(0, 0x80800);
        if (epoll < 0 || wake < 0 || !Native.Control(epoll, Native.Add, wake, Native.EpollIn | Native.EpollEdge, -1))
            throw new InvalidOperationException($"the kernel gives no event loop (error {Marshal.GetLastPInvokeError()})");
        Now = Environment.TickCount64;
        tick = Now >> TickShift;
        thread = new Thread(Run) { IsBackground = true, Name = name };
        thread.Start();
    }

    /// <summary>For faults of code that nobody awaits.</summary>
    public Action<Exception> OnFault { get; }

    /// <summary>Milliseconds of a monotonic clock, read once per turn.</summary>
    public long Now { get; private set; }

    /// <summary>Counts the turns; all that a turn tells of came before it began.</summary>
    public long Turn { get; private set; }

    public byte[] Scratch { get; } = GC.AllocateUninitializedArray<byte>(ScratchSize, pinned: true);

    /// <summary>Sockets that are registered.</summary>
    public int Sockets => used - free.Count;

    public bool IsHere => Thread.CurrentThread == thread;

    /// <summary>Runs the code on the loop's thread, soon.</summary>
    public unsafe void Post(Action action)
    {
        bool first;
        lock (gate)
        {
            first = posted.Count == 0;
            posted.Enqueue(action);
        }
        if (!first)
            return;
        ulong one = 1;
        Native.Write(wake, &one, 8);
    }

    /// <summary>A buffer of 4 KB, or of 64 KB, or as large as asked.</summary>
    public byte[] Rent(int size)
    {
        if (size <= 4096)
            return small.TryPop(out byte[]? one) ? one : GC.AllocateUninitializedArray<byte>(4096);
        if (size <= ScratchSize)
            return large.TryPop(out byte[]? other) ? other : GC.AllocateUninitializedArray<byte>(ScratchSize);
        return GC.AllocateUninitializedArray<byte>(size);
    }

    public void Return(byte[] buffer)
    {
        Stack<byte[]>? stack = buffer.Length switch { 4096 => small, ScratchSize => large, _ => null };
        if (stack is not null && stack.Count < (ReferenceEquals(stack, small) ? MaxPooled : MaxPooled / 16))
            stack.Push(buffer);
    }

    public void Dispose()
    {
        stopping = true;
        Post(static () => { });
        if (!IsHere)
            thread.Join();
    }

    internal void Register(LoopSocket socket)
    {
        int slot = free.TryPop(out int old) ? old : used++;
        if (slot == sockets.Length)
            Array.Resize(ref sockets, sockets.Length * 2);
        sockets[slot] = socket;
        socket.Slot = slot;
        socket.Generation = ++generation;
        if (!Native.Control(epoll, Native.Add, socket.File, Native.EpollIn | Native.EpollOut | Native.EpollPeerHup | Native.EpollEdge, (long)socket.Generation << 32 | (uint)slot))
            throw new InvalidOperationException($"a socket cannot be waited for (error {Marshal.GetLastPInvokeError()})");
    }

    internal void Unregister(LoopSocket socket)
    {
        Native.Control(epoll, Native.Delete, socket.File, 0, 0);
        sockets[socket.Slot] = null;
        free.Push(socket.Slot);
    }

    internal void Schedule(Waiter waiter)
    {
        // Beyond the wheel's reach it is looked at again and moved on.
        long due = Math.Min((waiter.Deadline >> TickShift) + 1, tick + SlotCount - 1);
        if (due <= tick)
            due = tick + 1;
        if (waiter.Scheduled != long.MaxValue)
            Unlink(waiter);
        waiter.Scheduled = due << TickShift;
        int slot = (int)(due & SlotCount - 1);
        waiter.NextInWheel = wheel[slot];
        wheel[slot] = waiter;
    }

    private void Unlink(Waiter waiter)
    {
        int slot = (int)((waiter.Scheduled >> TickShift) & SlotCount - 1);
        Waiter? before = null;
        for (Waiter? at = wheel[slot]; at is not null; before = at, at = at.NextInWheel)
        {
            if (at != waiter)
                continue;
            if (before is null)
                wheel[slot] = at.NextInWheel;
            else
                before.NextInWheel = at.NextInWheel;
            break;
        }
        waiter.NextInWheel = null;
        waiter.Scheduled = long.MaxValue;
    }

    private unsafe void Run()
    {
        byte* events = (byte*)NativeMemory.Alloc((nuint)(MaxEvents * 16));
        while (!stopping)
            RunTurn(events);
        _ = Native.Close(epoll);
        _ = Native.Close(wake);
        NativeMemory.Free(events);
    }

    /// <summary>A method of its own, so that it is compiled anew once it has run often.</summary>
    private unsafe void RunTurn(byte* events)
    {
        int count = Native.WaitEpoll(epoll, events, MaxEvents, 1 << TickShift);
        Now = Environment.TickCount64;
        Turn++;
        bool isWoken = false;
        for (int i = 0; i < count; i++)
        {
            byte* entry = events + i * Native.EventSize;
            if (i + 2 < count)
                Fetch(Data(entry, 2), Data(entry, 1));
            long data = Data(entry, 0);
            if (data == -1)
                isWoken = true;
            else if (sockets[(int)(uint)data] is { } socket && socket.Generation == (int)(data >> 32))
                Dispatch(socket, *(uint*)entry);
        }
        if (isWoken)
            RunPosted();
        RunTimers();
    }

    private static unsafe long Data(byte* entry, int ahead) => *(long*)(entry + ahead * Native.EventSize + Native.EventData);

    /// <summary>With hundreds of clients what an event has to do with is in no near cache any more: it comes while another is being worked on.</summary>
    private void Fetch(long second, long next)
    {
        if (second != -1)
            Native.Fetch(sockets[(int)(uint)second], SocketLines);
        if (next != -1)
            Native.Fetch(sockets[(int)(uint)next]?.Owner, OwnerLines);
    }

    private void Dispatch(LoopSocket socket, uint events)
    {
        try
        {
            socket.OnEvents(events);
        }
        catch (Exception fault)
        {
            OnFault(fault);
        }
    }

    private unsafe void RunPosted()
    {
        ulong value;
        Native.Read(wake, &value, 8);
        lock (gate)
            (posted, running) = (running, posted);
        while (running.TryDequeue(out Action? action))
        {
            try
            {
                action();
            }
            catch (Exception fault)
            {
                OnFault(fault);
            }
        }
    }

    private void RunTimers()
    {
        long target = Now >> TickShift;
        while (tick < target)
        {
            tick++;
            int slot = (int)(tick & SlotCount - 1);
            Waiter? at = wheel[slot];
            wheel[slot] = null;
            while (at is not null)
            {
                Waiter waiter = at;
                at = at.NextInWheel;
                waiter.NextInWheel = null;
                waiter.Scheduled = long.MaxValue;
                if (waiter.Deadline == long.MaxValue)
                    continue;
                if (waiter.Deadline > Now)
                {
                    Schedule(waiter);
                    continue;
                }
                try
                {
                    waiter.TimeOut();
                }
                catch (Exception fault)
                {
                    OnFault(fault);
                }
            }
        }
    }
}
