using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Engine.Transports;

/// <summary>One end of an in-memory connection that ends, half-closes and resets as a TCP connection does.</summary>
/// <remarks>
/// Each end is owned and disposed by its user. Continuations run inline on the thread that wrote, read, ended or aborted. A reset
/// drops what was sent and not yet read, as a network may.
/// </remarks>
public sealed class MemoryConnection : TransportConnection
{
    private readonly Pipe _inbound;
    private readonly Pipe _outbound;
    private readonly MemoryPipeReader _reader;
    private readonly MemoryPipeWriter _writer;
    private MemoryConnection _peer = null!;
    private int _disposed;

    private MemoryConnection(Pipe inbound, Pipe outbound, EndPoint local, EndPoint remote)
    {
        _inbound = inbound;
        _outbound = outbound;
        _reader = new MemoryPipeReader(this, inbound.Reader);
        _writer = new MemoryPipeWriter(this, outbound.Writer);
        Transport = new DuplexPipe(_reader, _writer);
        LocalEndPoint = local;
        RemoteEndPoint = remote;
    }

    internal bool IsPeerDisposed => Volatile.Read(ref _peer._disposed) != 0;

    /// <summary>Makes two connected ends.</summary>
    public static (ConnectionContext First, ConnectionContext Second) CreatePair(MemoryConnectionOptions? options = null)
    {
        options ??= new MemoryConnectionOptions();
        var size = Math.Max(1, options.BufferSize);
        var pipeOptions = new PipeOptions(
            readerScheduler: PipeScheduler.Inline,
            writerScheduler: PipeScheduler.Inline,
            pauseWriterThreshold: size,
            resumeWriterThreshold: Math.Max(1, size / 2),
            useSynchronizationContext: false);
        var firstEnd = options.FirstEndPoint ?? new MemoryEndPoint("memory:first");
        var secondEnd = options.SecondEndPoint ?? new MemoryEndPoint("memory:second");
        var there = new Pipe(pipeOptions);
        var back = new Pipe(pipeOptions);
        var first = new MemoryConnection(back, there, firstEnd, secondEnd);
        var second = new MemoryConnection(there, back, secondEnd, firstEnd);
        first._peer = second;
        second._peer = first;
        return (first, second);
    }

    /// <summary>Resets the connection: both sides' reads and flushes fail, here as aborted and there as reset.</summary>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        ArgumentNullException.ThrowIfNull(abortReason);
        if (Volatile.Read(ref _disposed) != 0)
        {
            return;
        }

        Fail(abortReason);
        if (!(_writer.IsCompleted && _peer._writer.IsCompleted))
        {
            _peer.Fail(new ConnectionResetException("The connection was reset by the peer."));
        }
    }

    /// <summary>Ends the output if it has not ended, and lets go of the input: a peer that still writes then finds a reset.</summary>
    public override ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return ValueTask.CompletedTask;
        }

        TrySetFault(new ConnectionAbortedException("The connection is disposed."));
        _inbound.Reader.CancelPendingRead();
        _outbound.Writer.CancelPendingFlush();
        _reader.Complete();
        _writer.CompleteInner();
        _inbound.Reader.Complete();
        FireClosed();
        return ValueTask.CompletedTask;
    }

    private void Fail(Exception fault)
    {
        if (!TrySetFault(fault))
        {
            return;
        }

        // Cancelling wakes whoever waits, and touches no buffer that another thread may be filling.
        _inbound.Reader.CancelPendingRead();
        _outbound.Writer.CancelPendingFlush();
        FireClosed();
    }
}
