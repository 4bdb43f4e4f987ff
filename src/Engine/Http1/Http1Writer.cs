using System.Buffers;
using Engine.Fields;

namespace Engine.Http1;

/// <summary>Writes heads. Nothing is written unless all of the head is well formed.</summary>
public static class Http1Writer
{
    /// <summary>Writes a request head as HTTP/1.1.</summary>
    /// <exception cref="Http1Exception">Method, target or a field could not be told from framing by its reader.</exception>
    public static void WriteRequestHead(IBufferWriter<byte> output, ReadOnlySpan<byte> method, ReadOnlySpan<byte> target, FieldList fields) => throw new NotSupportedException();

    /// <summary>Writes a response head as HTTP/1.1; an empty reason is replaced by the registered one.</summary>
    /// <exception cref="Http1Exception">The reason or a field could not be told from framing by its reader.</exception>
    public static void WriteResponseHead(IBufferWriter<byte> output, int status, ReadOnlySpan<byte> reason, FieldList fields) => throw new NotSupportedException();
}
