using System.Text;
using GoneAway.Evidence.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Text;

public sealed class LineScanTests
{
    [Fact]
    public void Every_line_with_a_trigger_is_shown_once_with_its_number()
    {
        var text = new StringBuilder();
        for (int i = 1; i <= 40_000; i++)
            text.Append(i % 100 == 0 ? $"line {i} gone away\r\n" : $"line {i} is dull and of no use to anyone at all\n");
        Findings found = Scan(text.ToString());
        Assert.Equal(400, found.Sightings.Count);
        for (int i = 0; i < 400; i++)
        {
            Assert.Equal($"t:{(i + 1) * 100}", found.Sightings[i].Source);
            Assert.Equal($"line {(i + 1) * 100} gone away", found.Sightings[i].Text);
        }
    }

    [Fact]
    public void A_line_of_100_MB_is_read_in_bounded_memory_and_what_it_holds_is_found()
    {
        using var stream = new Repeated('x', 100 << 20, "gone away\nline two gone away\n");
        var findings = new Findings();
        long before = GC.GetAllocatedBytesForCurrentThread();
        long lines = new LineScan([new Probe()]).Run("t", stream, Encoding.UTF8, findings, []);
        Assert.Equal(2, lines);
        Assert.Equal(["t:1", "t:2"], findings.Sightings.Select(static s => s.Source));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 32 << 20);
    }

    [Fact]
    public void A_traceback_takes_the_time_of_the_line_before_it()
    {
        Findings found = Scan("2026-11-20 10:00:00,123 ERROR Task failed\nTraceback (most recent call last):\n  File \"x\"\ngone away\n");
        Assert.Equal(new DateTime(2026, 11, 20, 10, 0, 0, 123), Assert.Single(found.Sightings).Stamp!.Value.Clock);
    }

    [Fact]
    public void Lines_around_can_be_seen()
    {
        Findings found = Scan("a\nb\ngone away\nc\nd");
        Assert.Equal("b|c|d||a|", found.Sightings[0].Subject);
    }

    [Fact]
    public void Invalid_bytes_and_NULs_do_not_hide_what_follows()
    {
        byte[] bytes = [0xff, 0xfe - 1, 0, 0, (byte)'\n', .. "gone away"u8];
        var findings = new Findings();
        long lines = new LineScan([new Probe()]).Run("t", new MemoryStream(bytes), Encoding.UTF8, findings, []);
        Assert.Equal("t:2", Assert.Single(findings.Sightings).Source);
        Assert.Equal(2, lines);
    }

    private static Findings Scan(string text)
    {
        var findings = new Findings();
        new LineScan([new Probe()]).Run("t", new MemoryStream(Encoding.UTF8.GetBytes(text)), Encoding.UTF8, findings, []);
        return findings;
    }

    private sealed class Probe : LineReader
    {
        public override string Kind => "probe";
        public override IReadOnlyList<string> Triggers => ["gone away", "another trigger"];

        public override bool TryRead(LogLine line, Findings findings)
        {
            findings.Add(new Sighting
            {
                Sign = Sign.GoneAway, Origin = Origin.Application, Source = line.Source, Text = line.Text.ToString(), Stamp = line.Stamp,
                Subject = $"{line.Line(-1)}|{line.Line(1)}|{line.Line(2)}|{line.Line(3)}|{line.Line(-2)}|{line.Line(-3)}",
            });
            return true;
        }
    }

    private sealed class Repeated(char c, long times, string tail) : Stream
    {
        private long position;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => position; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            int n = 0;
            for (; n < count && position < times + tail.Length; n++, position++)
                buffer[offset + n] = position < times ? (byte)c : (byte)tail[(int)(position - times)];
            return n;
        }

        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
