namespace GoneAway.Model;

/// <summary>Sources name a file and a place in it.</summary>
public static class SourceFile
{
    /// <summary><c>app.log</c> of <c>app.log:12</c> and of <c>app.log#12</c>.</summary>
    public static string Of(string source)
    {
        int cut = source.LastIndexOfAny([':', '#']);
        return cut > 0 && source.AsSpan(cut + 1).IndexOfAnyExceptInRange('0', '9') < 0 ? source[..cut] : source;
    }
}
