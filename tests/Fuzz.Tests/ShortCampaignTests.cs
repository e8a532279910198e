namespace GoneAway.Fuzz.Tests;

/// <summary>The short form of what fuzz/GoneAway.Fuzz does for hours. The seed is fixed: a failure is found again.</summary>
public sealed class ShortCampaignTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public void No_capture_however_damaged_is_too_much_for_the_decoder() => Holds(Campaign.Run<CaptureTarget>(Corpus.Captures(Samples()), 1, 4_000, Limit));

    [Fact]
    public void Nothing_that_two_ends_say_is_too_much_for_the_decoder() => Holds(Campaign.Run<ConversationTarget>(Corpus.Talks, 2, 6_000, Limit));

    [Fact]
    public void Payload_readers_stay_inside_their_payload() => Holds(Campaign.Run<PayloadTarget>(Corpus.Payloads, 3, 200_000, Limit));

    [Fact]
    public void Packets_are_the_same_however_the_stream_is_cut() => Holds(Campaign.Run<FramerTarget>(Corpus.Payloads, 4, 100_000, Limit));

    [Fact]
    public void No_text_however_damaged_is_too_much_for_the_readers() => Holds(Campaign.Run<TextTarget>(Corpus.Texts(Samples()), 6, 6_000, Limit));

    [Fact]
    public void Nothing_that_a_client_says_is_too_much_for_the_gateway() => Holds(Campaign.Run<GatewayTarget>(Corpus.Sessions, 7, 300, Limit));

    [Fact]
    public void Nothing_that_a_server_says_is_too_much_for_the_gateway() => Holds(Campaign.Run<GatewayServerTarget>(Corpus.Answers, 8, 300, Limit));

    [Fact]
    public void Nothing_that_a_server_says_is_too_much_for_the_gateways_checks() => Holds(Campaign.Run<GatewayCheckTarget>(Corpus.OwnAnswers, 9, 150, Limit));

    [Fact]
    public void A_campaign_finds_a_defect()
    {
        Failure? failure = Campaign.Run<Fragile>([[1, 2, 3]], 5, 10_000, Limit);
        Assert.NotNull(failure);
        Assert.Contains("BrokenPromiseException", failure.Why, StringComparison.Ordinal);
        Assert.NotNull(Campaign.Try<Fragile>(failure.Input));
    }

    private static void Holds(Failure? failure) => Assert.True(failure is null, failure is null ? null : $"{failure.Why}\ninput: {Convert.ToHexString(failure.Input.AsSpan(0, Math.Min(2048, failure.Input.Length)))}");

    private static string? Samples()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (Directory.Exists(Path.Combine(folder, "samples")))
                return Path.Combine(folder, "samples");
        return null;
    }

    private sealed class Fragile : ITarget
    {
        public static void Fuzz(ReadOnlySpan<byte> input)
        {
            if (input.Length > 3 && input[^1] == 0xFF)
                throw new BrokenPromiseException("found");
        }
    }
}
