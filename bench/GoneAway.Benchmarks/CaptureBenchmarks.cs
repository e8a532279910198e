using BenchmarkDotNet.Attributes;
using GoneAway.Capture;
using GoneAway.Diagnosis;
using GoneAway.Model;
using GoneAway.TestKit;

namespace GoneAway.Benchmarks;

/// <summary>A capture in memory from its first byte to the verdicts: many point selects, and one long result.</summary>
[MemoryDiagnoser]
public class CaptureBenchmarks
{
    private byte[] capture = [];

    [Params("point selects", "long result")]
    public string Traffic { get; set; } = "";

    [GlobalSetup]
    public void Write()
    {
        var talk = new Conversation().Connect().Open();
        if (Traffic == "point selects")
            for (int i = 0; i < 5000; i++)
                talk.Query("SELECT c FROM sbtest1 WHERE id=500000").Rows(1, 119);
        else
            talk.Query("SELECT * FROM sbtest1").Rows(5000, 1000);
        capture = PcapBytes.Write(talk.Quit().Fin(Side.Client).Fin(Side.Server));
    }

    [Benchmark]
    public long Explain()
    {
        using var stream = new MemoryStream(capture, writable: false);
        var investigation = new Investigation(static _ => { });
        long records = new CaptureAnalyzer("bench", investigation).Analyze(stream).Records;
        investigation.Complete();
        return records;
    }
}
