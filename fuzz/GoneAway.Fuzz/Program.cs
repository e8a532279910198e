using GoneAway.Fuzz;

// GoneAway.Fuzz [TARGET|all] [ITERATIONS] [SEED]    tries mutated inputs; a failing one is written to the present folder
// GoneAway.Fuzz TARGET FILE                         tries one input, as found
string target = args.ElementAtOrDefault(0) ?? "all";
if (args.Length == 2 && File.Exists(args[1]))
    return Show(One(target, File.ReadAllBytes(args[1])), target);
int iterations = args.Length > 1 && int.TryParse(args[1], out int given) ? given : 100_000;
int seed = args.Length > 2 && int.TryParse(args[2], out int chosen) ? chosen : Environment.TickCount;
Console.WriteLine($"seed {seed}");
string samples = Path.Combine(Environment.CurrentDirectory, "samples");
int status = 0;
foreach (string name in target == "all" ? ["capture", "conversation", "payload", "framer", "text", "gateway", "gateway-server", "gateway-check"] : new[] { target })
{
    Failure? failure = name switch
    {
        "capture" => Campaign.Run<CaptureTarget>(Corpus.Captures(samples), seed, iterations, TimeSpan.MaxValue),
        "conversation" => Campaign.Run<ConversationTarget>(Corpus.Talks, seed, iterations, TimeSpan.MaxValue),
        "payload" => Campaign.Run<PayloadTarget>(Corpus.Payloads, seed, iterations, TimeSpan.MaxValue),
        "framer" => Campaign.Run<FramerTarget>(Corpus.Payloads, seed, iterations, TimeSpan.MaxValue),
        "text" => Campaign.Run<TextTarget>(Corpus.Texts(samples), seed, iterations, TimeSpan.MaxValue),
        "gateway" => Campaign.Run<GatewayTarget>(Corpus.Sessions, seed, iterations, TimeSpan.MaxValue),
        "gateway-server" => Campaign.Run<GatewayServerTarget>(Corpus.Answers, seed, iterations, TimeSpan.MaxValue),
        "gateway-check" => Campaign.Run<GatewayCheckTarget>(Corpus.OwnAnswers, seed, iterations, TimeSpan.MaxValue),
        _ => throw new ArgumentException($"no target is named {name}: capture, conversation, payload, framer, text, gateway, gateway-server, gateway-check, all"),
    };
    status |= Show(failure, name);
}
return status;

static Failure? One(string target, byte[] input) => target switch
{
    "conversation" => Campaign.Try<ConversationTarget>(input),
    "payload" => Campaign.Try<PayloadTarget>(input),
    "framer" => Campaign.Try<FramerTarget>(input),
    "text" => Campaign.Try<TextTarget>(input),
    "gateway" => Campaign.Try<GatewayTarget>(input),
    "gateway-server" => Campaign.Try<GatewayServerTarget>(input),
    "gateway-check" => Campaign.Try<GatewayCheckTarget>(input),
    _ => Campaign.Try<CaptureTarget>(input),
};

static int Show(Failure? failure, string target)
{
    if (failure is null)
    {
        Console.WriteLine($"{target}: nothing found");
        return 0;
    }
    string file = $"{target}-{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(failure.Input))[..12]}";
    File.WriteAllBytes(file, failure.Input);
    Console.WriteLine($"{target}: {failure.Why}\n  input: {file}");
    return 1;
}
