using FsCheck;
using FsCheck.Fluent;
using GoneAway.Model;
using GoneAway.TestKit;

namespace GoneAway.Capture.Tests;

/// <summary>No input makes the decoder throw.</summary>
public sealed class HostileInputTests
{
    private static byte[] Capture => PcapBytes.Write(new Conversation("10.0.0.5:51234").Open().Query("SELECT 1").Rows(3, 50)
        .Command(22, "SELECT ?"u8).Packet(Side.Server, 1, [0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0]).Raw(Side.Client, "rndc: warning\n"u8).Error(1156, "08S01", "Got packets out of order", 0).Fin(Side.Server));

    [Fact]
    public void Random_bytes_are_no_capture_and_no_exception() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
        {
            Told told = Told.Of(bytes);
            return told.Input.Kind == "unrecognised" && told.Input.Note is not null;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_capture_cut_anywhere_is_used_up_to_there()
    {
        byte[] capture = Capture;
        for (int length = 24; length < capture.Length; length++)
        {
            Told told = Told.Of(capture[..length]);
            Assert.Equal("pcap", told.Input.Kind);
            Assert.True(told.Input.Note is null || told.Input.Note.Contains("offset", StringComparison.Ordinal), told.Input.Note);
        }
    }

    [Fact]
    public void Mutated_captures_never_throw() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            byte[] capture = Capture;
            for (int i = 0; i < 30; i++)
                capture[random.Next(24, capture.Length)] = (byte)random.Next(256);
            return Told.Of(capture).Input.Kind == "pcap";
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    [Fact]
    public void Random_payloads_on_a_MySQL_connection_never_throw() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            Conversation talk = new Conversation("10.0.0.5:51234").Connect();
            if (random.Next(2) == 0)
                talk.Greeting().Login().Ok();
            for (int i = 0; i < 12; i++)
            {
                var bytes = new byte[random.Next(1, 60)];
                random.NextBytes(bytes);
                // Often a plausible header before the noise.
                if (random.Next(3) > 0)
                    talk.Packet((Side)random.Next(2), (byte)random.Next(4), bytes);
                else
                    talk.Raw((Side)random.Next(2), bytes);
            }
            return Told.Of(talk).Input.Kind == "pcap";
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));
}
