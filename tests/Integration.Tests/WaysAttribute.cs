using System.Reflection;
using GoneAway.Lab.Parts;
using Xunit.Sdk;

namespace GoneAway.Integration.Tests;

/// <summary>The ways in which a client is to connect to a server; skipped with the reason where one of them cannot be had here.</summary>
public sealed class WaysAttribute : DataAttribute
{
    private readonly string client;
    private readonly Variant[] variants;

    public WaysAttribute(string client, Flavour flavour, params Variant[] variants)
    {
        this.client = client;
        this.variants = variants.Length == 0 ? [Variant.Plain] : variants;
        Skip = Middle.Missing ?? LocalServer.Missing(flavour) ?? Clients.All[client].Missing;
    }

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => variants.Select(variant => new object[] { client, variant });
}
