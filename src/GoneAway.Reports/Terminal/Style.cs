namespace GoneAway.Reports.Terminal;

/// <summary>Colours, or none.</summary>
internal sealed class Style(bool colour)
{
    public string Bold(string text) => Wrap("1", text);
    public string Dim(string text) => Wrap("2", text);
    public string Red(string text) => Wrap("31;1", text);
    public string Yellow(string text) => Wrap("33;1", text);
    public string Green(string text) => Wrap("32;1", text);
    public string Cyan(string text) => Wrap("36", text);

    private string Wrap(string code, string text) => colour ? $"\e[{code}m{text}\e[0m" : text;
}
