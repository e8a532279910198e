namespace GoneAway.Model;

/// <summary>How sure a finding is.</summary>
public enum Grade : byte
{
    /// <summary>Nothing decides.</summary>
    Unknown,
    /// <summary>Not excluded.</summary>
    Possible,
    /// <summary>The signature fits; its rivals are excluded or need a coincidence.</summary>
    Likely,
    /// <summary>The evidence admits no other cause.</summary>
    Proven,
}

/// <summary>Who ended the connection. Unknown also stands where nobody did.</summary>
public enum ClosedBy : byte
{
    Unknown,
    Server,
    Client,
    Proxy,
    Middlebox,
}

/// <summary>One piece of proof and the place where anyone can look at it.</summary>
/// <param name="Source"><c>file:line</c>, <c>file#packet</c>, <c>server:variable</c> or <c>pid:fd</c>.</param>
public sealed record Evidence(string Text, string Source);

/// <summary>What to change, for one stack (<c>server</c>, <c>django</c>, <c>haproxy</c>, ... or <c>any</c>).</summary>
public sealed record Fix(string For, string Text);

/// <summary>A command to run and the causes that its output would separate.</summary>
public sealed record NextStep(string Command, IReadOnlyList<string> Decides);

/// <summary>What one cause says of one connection. Silence is not an answer.</summary>
public abstract record Examination
{
    private Examination() { }

    /// <summary>The cause fits, with this grade.</summary>
    public sealed record Matched : Examination
    {
        public required Grade Grade { get; init; }
        /// <summary>One sentence that a person can act on, with the numbers in it.</summary>
        public required string Summary { get; init; }
        public required ClosedBy ClosedBy { get; init; }
        public required IReadOnlyList<Evidence> Evidence { get; init; }
        public IReadOnlyList<Fix> Fix { get; init; } = [];
        /// <summary>What would raise the grade or decide between this and its rivals.</summary>
        public IReadOnlyList<NextStep> CollectNext { get; init; } = [];
        /// <summary>Names of causes that would look the same here: not excluded by this evidence.</summary>
        public IReadOnlyList<string> Rivals { get; init; } = [];
        /// <summary>What most clients print; null to let the judge derive it from the end of the connection.</summary>
        public Symptom? Symptom { get; init; }
        /// <summary>The connection was not lost at all (an error that is often taken for it).</summary>
        public bool NotALoss { get; init; }
    }

    /// <summary>The evidence excludes the cause.</summary>
    public sealed record RuledOut(string Why, string Source) : Examination;

    /// <summary>What is missing to say more, and the command that would bring it.</summary>
    public sealed record NotEnough(string Missing, NextStep? Collect = null) : Examination;
}

/// <summary>What the application sees.</summary>
public sealed record Symptom(int Code, string Text);
