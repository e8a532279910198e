namespace GoneAway.Evidence.Config.Applications;

/// <summary>
/// Keys, values and calls in source text: Python, PHP, JavaScript, Go, Java, C#, JSON. It reads brackets, <c>=</c>, <c>:</c>, <c>=&gt;</c> and
/// commas and nothing else; what it takes wrongly for a setting has no name that anyone asks for.
/// </summary>
internal sealed class SourceText
{
    private const int MostBlocks = 100_000;
    private const int Deepest = 200;

    private readonly List<(Block Block, char Close, string Key, int KeyLine, List<Term> Terms, int Arguments)> stack = [];
    private readonly List<Block> blocks = [];
    private Block block;
    private string key = "";
    private int keyLine = -1;
    private List<Term> terms = [];
    private int arguments;

    private SourceText()
    {
        block = new Block("", "", null, 0);
        blocks.Add(block);
    }

    /// <summary>All blocks, the text itself first.</summary>
    public static List<Block> Read(IReadOnlyList<string> lines)
    {
        var source = new SourceText();
        List<SourceToken> tokens = SourceTokens.Of(lines);
        foreach (SourceToken token in tokens)
            source.Take(token);
        while (source.stack.Count > 0)
            source.Close();
        source.Finish();
        return source.blocks;
    }

    private void Take(SourceToken token)
    {
        if (token.Kind == TokenKind.LineEnd)
        {
            EndOfLine();
            return;
        }
        if (token.Kind != TokenKind.Mark)
        {
            // Two operands side by side that are no strings: a statement without a mark at its end.
            terms.Add(new Term(token, null));
            return;
        }
        switch (token.Text)
        {
            case "(" or "{" or "[":
                Open(token);
                break;
            case ")" or "}" or "]":
                if (stack.Count > 0 && stack[^1].Close == token.Text[0])
                    Close();
                break;
            case "," or ";":
                Finish();
                break;
            case "=" or ":=" or "=>":
                Key(token.Line);
                break;
            case ":" when keyLine < 0 && terms.Count > 0 && !terms.Exists(static one => one.Group is null && one.Token is { Kind: TokenKind.Mark, Text: "?" }):
                Key(token.Line);
                break;
            default:
                terms.Add(new Term(token, null));
                break;
        }
    }

    /// <summary>What was read so far is a name.</summary>
    private void Key(int line)
    {
        if (terms.Count == 0)
            return;
        Term last = terms[^1];
        // a="1" b="2", as attributes of XML stand.
        if (keyLine >= 0 && terms.Count == 2 && last is { Group: null, Token.Kind: TokenKind.Word } && terms[0] is { Group: null, Token.Kind: TokenKind.Text })
        {
            terms.RemoveAt(1);
            Finish();
            terms.Add(last);
        }
        // conf['x'] = 1 and conf["A"]["x"] = 1: the index is the name.
        if (last.Group is { Callee.Length: > 0 } index && index.Argument(0) is { } name && Own(index) == 1)
            (key, keyLine) = (name.Value.Text, line);
        else if (last.Group is { Callee.Length: 0 } bare && bare.Argument(0) is { } inner && Own(bare) == 1)
            (key, keyLine) = (inner.Value.Text, line);
        else if (last.Group is null && last.Token.Kind is TokenKind.Word or TokenKind.Text or TokenKind.Number)
            (key, keyLine) = (last.Token.Text.TrimStart(':'), line);
        terms.Clear();
    }

    private void Open(SourceToken token)
    {
        if (blocks.Count >= MostBlocks || stack.Count >= Deepest)
            return;
        string callee = "";
        if (terms.Count > 0 && terms[^1] is { Group: null, Token.Kind: TokenKind.Word } word && word.Token.Text is not ("return" or "if" or "in" or "or" or "and" or "not" or "else" or "new"))
        {
            callee = word.Token.Text;
            terms.RemoveAt(terms.Count - 1);
        }
        var inner = new Block(key, callee, block, token.Line);
        block.Inner.Add(inner);
        blocks.Add(inner);
        terms.Add(new Term(token, inner));
        stack.Add((block, token.Text[0] switch { '(' => ')', '{' => '}', _ => ']' }, key, keyLine, terms, arguments));
        (block, key, keyLine, terms, arguments) = (inner, "", -1, [], 0);
    }

    private void Close()
    {
        Finish();
        Block closed = block;
        (block, _, key, keyLine, terms, arguments) = stack[^1];
        stack.RemoveAt(stack.Count - 1);
        Setter(closed);
    }

    /// <summary>setMaxLifetime(30000), db.SetConnMaxLifetime(time.Minute), .max_lifetime(x): a call with one argument sets what it is named after.</summary>
    private void Setter(Block call)
    {
        string name = call.Function;
        // config.addDataSourceProperty("socketTimeout", "60000"), props.put(key, value)
        if (Own(call) == 2 && name is "addDataSourceProperty" or "setProperty" or "put" or "addConnectionProperty" && call.Argument(0) is { Value.Text.Length: > 2 } named && call.Argument(1) is { } given)
        {
            block.Settings.Add(given with { Key = named.Value.Text, Block = call });
            return;
        }
        if (Own(call) != 1 || call.Argument(0) is not { } value || name.Length < 4)
            return;
        if (name.StartsWith("set", StringComparison.OrdinalIgnoreCase) && (char.IsAsciiLetterUpper(name[3]) || name[3] == '_'))
            block.Settings.Add(value with { Key = name[3..].TrimStart('_'), Block = call });
        else if (call.Callee.Length > name.Length || terms.Count > 1)
            block.Settings.Add(value with { Key = name, Block = call });
    }

    /// <summary>Arguments of the call itself; the calls among them leave settings, too.</summary>
    private static int Own(Block call) => call.Settings.Count(one => ReferenceEquals(one.Block, call));

    private void EndOfLine()
    {
        if (terms.Count == 0 || block.Callee.Length > 0 && stack.Count > 0 && stack[^1].Close == ')')
            return;
        // In brackets and parentheses a line's end means nothing; in braces and outside of all it ends a statement.
        if (stack.Count > 0 && stack[^1].Close != '}')
            return;
        if (terms[^1].Group is null && terms[^1].Token is { Kind: TokenKind.Mark })
            return;
        Finish();
    }

    private void Finish()
    {
        if (keyLine >= 0)
            block.Settings.Add(new Setting(key, Expression.Of(terms), keyLine, block));
        else if (terms.Count > 0 && stack.Count > 0 && arguments < 10)
            block.Settings.Add(new Setting("#" + (char)('0' + arguments++), Expression.Of(terms), terms[0].Token.Line, block));
        (key, keyLine, terms) = ("", -1, []);
    }
}
