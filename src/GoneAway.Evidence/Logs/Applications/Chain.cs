using GoneAway.Model;

namespace GoneAway.Evidence.Logs.Applications;

/// <summary>What the errors of one stack trace come to: which of them count, and which is the one that tells most.</summary>
internal sealed class Chain
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly List<(Sighting Sighting, Hit Hit)> found;
    private readonly int? errno;
    private readonly Sign? stage;

    /// <param name="found">Each sign once, in the order of the lines.</param>
    /// <param name="about">Whose errors the lines say they are.</param>
    /// <param name="stage">How far a connect had come, where the frames tell.</param>
    public Chain(List<(Sighting Sighting, Hit Hit)> found, StackMarks.Speaks about, Sign? stage)
    {
        this.stage = stage;
        bool named = StackMarks.NamesMySql(about);
        bool proven = named || found.Exists(static one => !one.Hit.IsWeak && one.Hit.Message is not { Shared: true });
        this.found = found.FindAll(one => proven || !one.Hit.IsWeak && (about & StackMarks.Speaks.OfOther) == 0);
        foreach ((Sighting sighting, Hit hit) in this.found)
            if (hit.IsWeak)
                errno ??= sighting.Errno;
    }

    public IEnumerable<Sighting> Sightings()
    {
        (Sighting Sighting, Hit Hit)? best = null;
        bool plain = false;
        foreach ((Sighting Sighting, Hit Hit) one in found)
        {
            plain |= Telling.Of(one.Hit) == Telling.Plain;
            if (one.Hit.Message is { Rank: { } rank } && (best is null || rank > Telling.Of(best.Value.Hit)))
                best = one;
        }
        if (best is not null && (!plain || Telling.Of(best.Value.Hit) >= Telling.Plain))
            yield return Whole(best.Value.Sighting);
        foreach ((Sighting sighting, Hit hit) in found)
        {
            if (hit.Message is { Rank: not null } || hit.IsWeak && (plain || best is not null))
                continue;
            yield return WithErrno(best is null ? sighting : sighting with { Idle = sighting.Idle ?? best.Value.Sighting.Idle, ThreadId = sighting.ThreadId ?? best.Value.Sighting.ThreadId });
            // Without a driver's word the system's tells one thing; the rest of the chain repeats it in other words.
            if (hit.IsWeak)
                yield break;
        }
    }

    /// <summary>The most telling one with what the others of its chain know more.</summary>
    private Sighting Whole(Sighting best)
    {
        foreach ((Sighting other, Hit hit) in found)
            if (!ReferenceEquals(other, best) && (hit.Message is { Rank: not null } || hit.IsWeak))
                best = Traceback.Join(best, other with { Code = null, Errno = null, State = null, Subject = null });
        best = Staged(WithErrno(best));
        if (best is { Sign: Sign.ClientReadTimedOut, Idle: { } waited, Elapsed: null })
            return best with { Elapsed = waited, Idle = null };
        if (best.Sign is Sign.LostDuringQuery or Sign.UnexpectedEof or Sign.ConnectionReset && best.Errno == 32)
            best = best with { Sign = Sign.GoneAway };
        // Nothing was awaited: it met a connection that was dead already.
        return best.Sign is Sign.GoneAway or Sign.LongerThanWaitTimeout && best.Idle is not null ? best with { Elapsed = null } : best;
    }

    /// <summary>What failed while it connected was no query; and why it could not connect the system may have said.</summary>
    private Sighting Staged(Sighting best)
    {
        bool connecting = found.Exists(static one => one.Sighting.Sign is Sign.ConnectRefused or Sign.ConnectTimedOut && one.Hit.Message is { Rank: Telling.Symptom });
        if (best.Sign is Sign.LostDuringQuery or Sign.UnexpectedEof or Sign.ConnectionReset && best.Idle is null && (stage is not null || connecting))
            return best with { Sign = stage ?? Sign.LostBeforeGreeting };
        return best is { Sign: Sign.ConnectRefused, Errno: { } errno } ? best with { Sign = Codes.Connecting(2003, default, errno) } : best;
    }

    private Sighting WithErrno(Sighting sighting) => sighting.Errno is null && TakesErrno(sighting.Sign) ? sighting with { Errno = errno } : sighting;

    /// <summary>
    /// An error that came at once after a pause met a connection that was dead already. So did one with nothing sent since the last answer,
    /// unless a limit in whole minutes or tens of seconds had just passed: then that was how long the answer was awaited.
    /// </summary>
    public static Sign AfterPause(TimeSpan? idle, TimeSpan? awaited)
    {
        if (idle is null || idle < Pause)
            return Sign.LostDuringQuery;
        bool nothingSent = awaited > idle || awaited == idle && !IsLimit(idle.Value);
        return awaited is null || awaited < TimeSpan.FromSeconds(1) || nothingSent ? Sign.GoneAway : Sign.LostDuringQuery;
    }

    private static bool IsLimit(TimeSpan span) => span.TotalSeconds % (span.TotalSeconds < 60 ? 10 : 60) < 1;

    private static bool TakesErrno(Sign sign) => sign is Sign.ConnectRefused or Sign.GoneAway or Sign.LostDuringQuery or Sign.LostBeforeGreeting or Sign.LostDuringLogin or Sign.HandleAlreadyClosed
        or Sign.StaleInPool or Sign.LongerThanWaitTimeout or Sign.StreamingInterrupted or Sign.TlsFailed or Sign.UnexpectedEof;
}
