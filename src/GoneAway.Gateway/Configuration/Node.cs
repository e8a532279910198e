namespace GoneAway.Gateway.Configuration;

/// <summary>A place in the file; both count from 1.</summary>
internal readonly record struct Place(int Line, int Column);

/// <summary>A value of a YAML file and where it begins.</summary>
internal abstract record Node(Place Place);

/// <summary>One word, number or text. A plain one has no quotes and may mean true, false or nothing.</summary>
internal sealed record TextNode(Place Place, string Text, bool Plain) : Node(Place)
{
    public bool IsNothing => Plain && Text is "" or "~" or "null";
}

internal sealed record ListNode(Place Place, IReadOnlyList<Node> Items) : Node(Place);

internal sealed record MapNode(Place Place, IReadOnlyList<(TextNode Key, Node Value)> Entries) : Node(Place);
