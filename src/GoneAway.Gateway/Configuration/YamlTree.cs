using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace GoneAway.Gateway.Configuration;

/// <summary>Reads one YAML document into nodes with their places; from the parser's events, so that nothing is found by reflection.</summary>
internal sealed class YamlTree
{
    private const int Deepest = 16;

    private readonly Parser parser;
    private readonly List<ConfigurationError> errors;

    private YamlTree(Parser parser, List<ConfigurationError> errors)
    {
        this.parser = parser;
        this.errors = errors;
    }

    /// <summary>The document's value; null where there is none or where it cannot be read, and then <paramref name="errors"/> says why.</summary>
    public static Node? Read(string text, List<ConfigurationError> errors)
    {
        var tree = new YamlTree(new Parser(new StringReader(text)), errors);
        try
        {
            return tree.Document();
        }
        catch (YamlException wrong)
        {
            errors.Add(new ConfigurationError((int)wrong.Start.Line, (int)wrong.Start.Column, "not YAML: " + Sentence(wrong.Message)));
            return null;
        }
        catch (Exception wrong) when (wrong is InvalidOperationException or ArgumentException)
        {
            // The parser's own states do not hold for all that is no YAML.
            Place last = tree.parser.Current is { } current ? At(current) : new Place(1, 1);
            errors.Add(new ConfigurationError(last.Line, last.Column, "not YAML from here on: a bracket or quote may be missing"));
            return null;
        }
    }

    private Node? Document()
    {
        Node? value = null;
        bool second = false;
        while (parser.MoveNext())
        {
            if (parser.Current is DocumentStart start && value is not null && !second)
            {
                second = true;
                errors.Add(new ConfigurationError((int)start.Start.Line, (int)start.Start.Column, "a second document: the file has one"));
            }
            if (parser.Current is NodeEvent && value is null)
                value = Value(0);
        }
        return value;
    }

    private Node Value(int depth)
    {
        ParsingEvent current = parser.Current!;
        Place place = At(current);
        if (depth > Deepest)
            throw new YamlException(current.Start, current.End, $"nested more than {Deepest} deep");
        if (current is NodeEvent { Anchor.IsEmpty: false })
            errors.Add(new ConfigurationError(place.Line, place.Column, "anchors are not used here: write the value where it is meant"));
        switch (current)
        {
            case Scalar scalar:
                return new TextNode(place, scalar.Value, scalar.Style == ScalarStyle.Plain);
            case SequenceStart:
                var items = new List<Node>();
                while (Next() is not SequenceEnd)
                    items.Add(Value(depth + 1));
                return new ListNode(place, items);
            case MappingStart:
                var entries = new List<(TextNode, Node)>();
                while (Next() is not MappingEnd)
                {
                    Node key = Value(depth + 1);
                    Next();
                    Node value = Value(depth + 1);
                    if (key is TextNode name)
                        entries.Add((name, value));
                    else
                        errors.Add(new ConfigurationError(key.Place.Line, key.Place.Column, "a key is one word"));
                }
                return new MapNode(place, entries);
            default:
                errors.Add(new ConfigurationError(place.Line, place.Column, "aliases are not used here: write the value where it is meant"));
                return new TextNode(place, "", Plain: true);
        }
    }

    private ParsingEvent Next()
    {
        while (parser.MoveNext())
            if (parser.Current is not Comment)
                return parser.Current!;
        throw new YamlException("the file ends in the middle of a value");
    }

    private static Place At(ParsingEvent one) => new((int)one.Start.Line, (int)one.Start.Column);

    // The parser puts the place before its words; the error has it already.
    private static string Sentence(string message)
    {
        int words = message.StartsWith('(') ? message.IndexOf("): ", StringComparison.Ordinal) : -1;
        return (words < 0 ? message : message[(words + 3)..]).TrimEnd('.');
    }
}
