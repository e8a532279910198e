using System.Text;
using GoneAway.Wire.Payloads;
using GoneAway.Wire.Writing;

namespace GoneAway.Gateway.Login;

/// <summary>An error as a client is told it.</summary>
/// <param name="Code">Number of the error.</param>
/// <param name="SqlState">Five characters; empty for a client from before 4.1, and for an error in place of a greeting.</param>
/// <param name="Message">For people; bytes as the server sent them.</param>
public sealed record Refusal(ushort Code, ReadOnlyMemory<byte> SqlState, ReadOnlyMemory<byte> Message)
{
    public static Refusal Of(int code, string sqlState, string message) =>
        new((ushort)code, Encoding.ASCII.GetBytes(sqlState), Encoding.UTF8.GetBytes(message));

    /// <summary>The message, for people.</summary>
    public string Text => Encoding.UTF8.GetString(Message.Span);

    /// <summary>The error that a server has sent; null when the payload is none.</summary>
    internal static Refusal? Of(ReadOnlySpan<byte> payload) =>
        ErrPacket.TryRead(payload, out ErrPacket error) ? new Refusal(error.Code, error.SqlState.ToArray(), error.Message.ToArray()) : null;

    /// <summary>1045, in the server's own words.</summary>
    public static Refusal AccessDenied(LoginRequest request) => AccessDenied(request, request.HasAnswered);

    internal static Refusal AccessDenied(LoginRequest request, bool withPassword) => new(ErrorCode.AccessDenied, "28000"u8.ToArray(),
        (byte[])[.. "Access denied for user '"u8, .. request.User.Span, .. "'@'"u8, .. Encoding.UTF8.GetBytes(request.Host), .. withPassword ? "' (using password: YES)"u8 : "' (using password: NO)"u8]);

    public override string ToString() => $"{Code} ({Encoding.ASCII.GetString(SqlState.Span)}): {Text}";
}

internal static class RefusalWriting
{
    public static PayloadWriter WriteError(this PayloadWriter writer, Refusal refusal) => writer.WriteError(refusal.Code, refusal.SqlState.Span, refusal.Message.Span);
}
