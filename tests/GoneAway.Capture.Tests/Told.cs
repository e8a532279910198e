using GoneAway.Diagnosis;
using GoneAway.Model;
using GoneAway.TestKit;

namespace GoneAway.Capture.Tests;

/// <summary>All that is told of a capture.</summary>
internal sealed record Told(IReadOnlyList<Timeline> Connections, IReadOnlyList<Incident> Incidents, Totals Totals, InputSummary Input)
{
    public static Told Of(byte[] capture) => Of(new MemoryStream(capture));

    public static Told Of(Stream capture)
    {
        var incidents = new List<Incident>();
        var investigation = new Investigation(incidents.Add);
        var both = new Both(investigation);
        InputSummary input = new CaptureAnalyzer("case.pcap", both).Analyze(capture);
        investigation.Complete();
        return new Told(both.Connections, incidents, investigation.Totals, input);
    }

    public static Told Of(params Conversation[] talks) => Of(PcapBytes.Write(talks));

    private sealed class Both(Investigation investigation) : IConnectionObserver
    {
        public List<Timeline> Connections { get; } = [];

        public void OnConnection(Timeline timeline, EndingSummary? ending, ConnectAttempt? attempt)
        {
            Connections.Add(timeline);
            investigation.OnConnection(timeline, ending, attempt);
        }

        public void OnKill(KillSeen kill) => investigation.OnKill(kill);
    }
}
