using GoneAway.Capture;
using GoneAway.Diagnosis;
using GoneAway.Model;

namespace GoneAway.Cli;

/// <summary>Reads all evidence that it is given and has it judged.</summary>
internal sealed class Explain(IReportWriter report, Action<string, long, long>? progress = null)
{
    private static readonly string[] Companions = ["truth.json", "README.md", "application.log", "server.log", "haproxy.log"];

    private long packets;

    /// <summary>Ports to take for MySQL's beside the well-known ones.</summary>
    public IReadOnlyList<int> Ports { get; init; } = [];

    /// <summary>The best grade among all verdicts.</summary>
    public Grade HighestGrade { get; private set; }

    /// <summary>Reads and reports. False when nothing was readable.</summary>
    public bool Run(IReadOnlyList<string> paths, Func<Stream> standardInput)
    {
        report.Begin();
        var investigation = new Investigation(OnIncident);
        bool any = false;
        foreach ((string path, bool named) in Files(paths))
            any |= Read(path, named, standardInput, investigation);
        report.End(investigation.Totals with { Packets = packets });
        return any;
    }

    private void OnIncident(Incident incident)
    {
        if (incident.Verdict.Grade > HighestGrade)
            HighestGrade = incident.Verdict.Grade;
        report.Incident(incident);
    }

    private bool Read(string path, bool named, Func<Stream> standardInput, Investigation investigation)
    {
        InputSummary summary;
        try
        {
            using Stream stream = path == "-" ? standardInput() : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.SequentialScan);
            long length = stream.CanSeek ? stream.Length : -1;
            var analyzer = new CaptureAnalyzer(path, investigation) { Ports = AllPorts() };
            summary = analyzer.Analyze(stream, progress is null ? null : offset => progress(path, offset, length));
            investigation.Complete();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            summary = new InputSummary(path, "unreadable", 0, 0, Reason(path, error));
        }
        packets += summary.Records;
        bool read = summary.Kind is "pcap" or "pcapng";
        // What merely lies beside a capture in a folder is no mistake of the user's.
        if (read || named || !Companions.Contains(Path.GetFileName(path)))
            report.Input(summary);
        return read;
    }

    private HashSet<int> AllPorts() => [3306, 33060, .. Ports];

    private static string Reason(string path, Exception error) => error switch
    {
        FileNotFoundException or DirectoryNotFoundException => "no such file or folder",
        UnauthorizedAccessException when Directory.Exists(path) => "no permission to read this folder",
        UnauthorizedAccessException => "no permission to read it",
        _ => "cannot be read: " + error.Message,
    };

    /// <summary>The files to read, folders opened; links inside folders are not followed.</summary>
    private IEnumerable<(string Path, bool Named)> Files(IReadOnlyList<string> paths)
    {
        foreach (string path in paths)
        {
            if (path == "-" || !Directory.Exists(path))
            {
                yield return (path, true);
                continue;
            }
            foreach (string file in FilesIn(path))
                yield return (file, false);
        }
    }

    private List<string> FilesIn(string folder)
    {
        var found = new List<string>();
        var open = new Stack<string>([folder]);
        while (open.TryPop(out string? next))
        {
            try
            {
                foreach (FileSystemInfo entry in new DirectoryInfo(next).EnumerateFileSystemInfos())
                {
                    if (entry.LinkTarget is not null || entry.Name.StartsWith('.'))
                        continue;
                    if (entry is DirectoryInfo)
                        open.Push(Path.Combine(next, entry.Name));
                    else
                        found.Add(Path.Combine(next, entry.Name));
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                report.Input(new InputSummary(next, "unreadable", 0, 0, Reason(next, error)));
            }
        }
        found.Sort(StringComparer.Ordinal);
        return found;
    }
}
