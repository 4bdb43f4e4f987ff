using System.Net;

namespace Engine.Transports;

/// <summary>How an in-memory pair behaves.</summary>
public sealed class MemoryConnectionOptions
{
    /// <summary>Bytes that a direction holds before a flush waits for the reader. Default 64 KiB, least 1.</summary>
    public int BufferSize { get; set; } = 64 * 1024;

    /// <summary>What the second connection sees as its remote end.</summary>
    public EndPoint? FirstEndPoint { get; set; }

    /// <summary>What the first connection sees as its remote end.</summary>
    public EndPoint? SecondEndPoint { get; set; }
}
