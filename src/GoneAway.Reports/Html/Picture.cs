using System.Globalization;
using System.Text;
using GoneAway.Model;

namespace GoneAway.Reports.Html;

/// <summary>
/// A connection as SVG: client on the left, server on the right, time downwards. It carries its colours with it, so that it can be cut out of the
/// report and stand alone.
/// </summary>
internal static class Picture
{
    private const int Width = 960, Left = 150, Right = 770, Middle = (Left + Right) / 2, Top = 46;
    private const double Least = 26, Most = 90;
    private const int Letters = 88, SideLetters = 26;
    private const string Ink = "#1f2933", Faint = "#8a94a0", Red = "#c62828", ClientColour = "#1565c0", ServerColour = "#2e7d32", Other = "#6d4c41";

    /// <summary>The picture; null when nothing is known that could be drawn.</summary>
    public static string? Of(Incident incident)
    {
        List<Row> rows = Moments.Of(incident);
        return rows.Count == 0 ? null : Draw(incident, rows);
    }

    private static string Draw(Incident incident, List<Row> rows)
    {
        var svg = new StringBuilder();
        double[] places = Places(rows, out List<(double Y, string Gap)> breaks);
        double end = rows.FindIndex(static r => r is { IsEnd: true, IsArrow: true }) is >= 0 and int index ? places[index] : double.PositiveInfinity;
        double bottom = places[^1] + 22;
        string? remark = Remark(incident, rows);
        double height = bottom + (remark is null ? 12 : 32);
        svg.Append(Invariant($"<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 {Width} {height:0}\" width=\"{Width}\" height=\"{height:0}\" font-family=\"ui-monospace, Menlo, Consolas, monospace\" font-size=\"11\">\n"));
        svg.Append(Invariant($"<title>{Markup.Of(Title(incident))}</title>\n<rect width=\"{Width}\" height=\"{height:0}\" fill=\"#ffffff\"/>\n"));
        Head(svg, Left, "client", incident.Party.Client, ClientColour);
        Head(svg, Right, "server", incident.Party.Server, ServerColour);
        foreach (int x in (int[])[Left, Right])
        {
            svg.Append(Line(x, Top - 8, x, Math.Min(end, bottom), Faint, 2, dashed: false));
            if (end < bottom)
                svg.Append(Line(x, end, x, bottom, "#c9d0d8", 1, dashed: true));
        }
        foreach ((double y, string gap) in breaks)
            Break(svg, y, gap);
        for (int i = 0; i < rows.Count; i++)
            Draw(svg, rows[i], places[i]);
        if (remark is not null)
            svg.Append(Text(Middle, bottom + 16, "middle", Faint, remark));
        return svg.Append("</svg>\n").ToString();
    }

    /// <summary>Where each row stands: to scale, as far as a row's height and the page allow; what is longer is broken.</summary>
    private static double[] Places(List<Row> rows, out List<(double Y, string Gap)> breaks)
    {
        var gaps = new TimeSpan?[rows.Count];
        for (int i = 1; i < rows.Count; i++)
            gaps[i] = rows[i].At is { } at && rows[i - 1].At is { } before ? at - before : null;
        double scale = Scale([.. gaps.OfType<TimeSpan>().Where(static g => g > TimeSpan.Zero).Select(static g => g.TotalSeconds).Order()]);
        var places = new double[rows.Count];
        breaks = [];
        double y = Top + 14;
        for (int i = 0; i < rows.Count; i++)
        {
            if (gaps[i] is { } gap)
            {
                bool whole = rows[i].IsWhole || rows[i - 1].IsWhole;
                // How long it was within a second is not known of a line that tells whole seconds.
                double wanted = whole && gap < TimeSpan.FromSeconds(2) ? Least : gap.TotalSeconds * scale;
                if (wanted > Most)
                    breaks.Add((y + 26, whole ? "about " + Spans.Show(TimeSpan.FromSeconds(Math.Round(gap.TotalSeconds))) : Spans.Show(gap)));
                y += wanted > Most ? 54 : Math.Max(wanted, Least);
            }
            else if (i > 0)
            {
                y += Least;
            }
            places[i] = y;
        }
        return places;
    }

    /// <summary>Pixels for a second: such that the usual gap gets a row's height.</summary>
    private static double Scale(double[] seconds) => seconds.Length == 0 ? 1 : Least / Math.Max(seconds[seconds.Length / 2], 1e-9);

    private static void Head(StringBuilder svg, int x, string name, string? address, string colour)
    {
        svg.Append(Invariant($"<text x=\"{x}\" y=\"16\" text-anchor=\"middle\" font-weight=\"bold\" font-size=\"13\" fill=\"{colour}\">{name}</text>\n"));
        if (address is not null)
            svg.Append(Text(x, 31, "middle", Faint, Markup.Cut(address, 40)));
    }

    private static void Break(StringBuilder svg, double y, string gap)
    {
        foreach (int x in (int[])[Left, Right])
        {
            svg.Append(Invariant($"<rect x=\"{x - 3}\" y=\"{y - 6:0.#}\" width=\"6\" height=\"12\" fill=\"#ffffff\"/>\n"));
            foreach (int shift in (int[])[-6, 6])
                svg.Append(Invariant($"<path d=\"M{x - 8} {y + shift + 3:0.#} l5 -6 l6 6 l5 -6\" fill=\"none\" stroke=\"{Faint}\" stroke-width=\"1.5\"/>\n"));
        }
        svg.Append(Text(Middle, y + 4, "middle", Faint, $"… {gap} …"));
    }

    private static void Draw(StringBuilder svg, Row row, double y)
    {
        string colour = row.IsEnd ? Red : row.Lane switch { Lane.Client => ClientColour, Lane.Server => ServerColour, _ => Other };
        svg.Append(Text(Left - 26, y + 4, "end", row.IsEnd ? Red : Faint, row.Time));
        string text = Markup.Cut(row.Text, Letters);
        if (row.IsArrow)
        {
            (int from, int to, int head) = row.Lane == Lane.Client ? (Left, Right, -8) : (Right, Left, 8);
            svg.Append(Line(from, y, to, y, colour, row.IsEnd ? 2.5 : 1.2, dashed: false));
            svg.Append(Invariant($"<path d=\"M{to} {y:0.#} l{head} -4 v8 z\" fill=\"{colour}\"/>\n"));
            if (row.IsEnd)
                svg.Append(Invariant($"<path d=\"M{from - 7} {y - 7:0.#} l14 14 m0 -14 l-14 14\" stroke=\"{Red}\" stroke-width=\"3\" fill=\"none\"/>\n"));
            svg.Append(Text(Middle, y - 4, "middle", row.IsEnd ? Red : Ink, row.IsEnd ? $"{text}: the {(row.Lane == Lane.Client ? "client" : "server")}'s side closes" : text, row.Text));
        }
        else
        {
            (int x, string anchor, int at) = row.Lane switch { Lane.Client => (Left, "start", Left + 12), Lane.Server => (Right, "end", Right - 12), _ => (Middle, "middle", Middle) };
            svg.Append(Invariant($"<rect x=\"{Left + 8}\" y=\"{y - 9:0.#}\" width=\"{Right - Left - 16}\" height=\"18\" rx=\"3\" fill=\"{(row.IsEnd ? "#fdecea" : "#f3f5f7")}\"/>\n"));
            if (row.Lane != Lane.Between)
                svg.Append(Invariant($"<circle cx=\"{x}\" cy=\"{y:0.#}\" r=\"4\" fill=\"{colour}\"/>\n"));
            svg.Append(Text(at, y + 4, anchor, row.IsEnd ? Red : Ink, text, row.Text));
        }
        svg.Append(Text(Right + 14, y + 4, "start", Faint, row.Place.Length <= SideLetters ? row.Place : "…" + row.Place[^(SideLetters - 1)..], row.Place));
    }

    private static string? Remark(Incident incident, List<Row> rows)
    {
        string? remark = incident.Connection switch
        {
            null when rows.Exists(static r => r.At is not null) => "No capture: what other sources wrote, by the clock (UTC).",
            null => "No capture, and no times: what other sources wrote, in their order.",
            { Ending: null } => "Not closed while the capture lasted.",
            _ => "Times before (-) and after (+) the end.",
        };
        return remark;
    }

    private static string Title(Incident incident) => $"{incident.Verdict.Cause ?? "cause not decided"} ({incident.Verdict.Grade.ToString().ToLowerInvariant()}): the connection's timeline";

    private static string Line(double x1, double y1, double x2, double y2, string colour, double width, bool dashed) =>
        Invariant($"<line x1=\"{x1:0.#}\" y1=\"{y1:0.#}\" x2=\"{x2:0.#}\" y2=\"{y2:0.#}\" stroke=\"{colour}\" stroke-width=\"{width}\"{(dashed ? " stroke-dasharray=\"4 4\"" : "")}/>\n");

    /// <summary>Text, escaped; with all of it for who points at it, where only a part is shown.</summary>
    private static string Text(double x, double y, string anchor, string colour, string shown, string? whole = null) =>
        Invariant($"<text x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\" fill=\"{colour}\">{Markup.Of(shown)}{(whole is null || whole == shown ? "" : $"<title>{Markup.Of(whole)}</title>")}</text>\n");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
