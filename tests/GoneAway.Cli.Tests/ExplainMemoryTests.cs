using System.IO.Compression;
using System.Text;

namespace GoneAway.Cli.Tests;

/// <summary>All that the process allocates is counted: no other test may run meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}

[Collection(Alone.Name)]
public sealed class ExplainMemoryTests : IDisposable
{
    private readonly string bomb = Path.Combine(Directory.CreateTempSubdirectory("goneaway-bomb-").FullName, "bomb.log.gz");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(bomb)!, recursive: true);

    [Fact]
    public void Much_that_compresses_to_little_is_read_in_bounded_memory()
    {
        byte[] block = new byte[1 << 20];
        Array.Fill(block, (byte)' ');
        using (var gzip = new GZipStream(File.Create(bomb), CompressionLevel.Fastest))
        {
            for (int i = 0; i < 256; i++)
                gzip.Write(block);
            gzip.Write(Encoding.UTF8.GetBytes("\n" + ExplainMixedTests.Loss));
        }
        long before = GC.GetTotalAllocatedBytes(precise: true);
        Assert.Contains("gone away", ExplainMixedTests.Explain(bomb).Output, StringComparison.Ordinal);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 200_000_000);
    }
}
