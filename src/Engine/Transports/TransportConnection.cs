using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Engine.Transports;

/// <summary>What the connections of this folder have in common: identity, features, and one fault that ends everything.</summary>
/// <remarks>
/// Owned by whoever was handed it, who disposes it when no one uses its pipes any more. <see cref="ConnectionContext.Abort()"/> may be
/// called on any thread at any time; the input has one reader and the output one writer at a time.
/// </remarks>
public abstract class TransportConnection : ConnectionContext
{
    private static long s_lastId;

    private readonly Lock _gate = new();
    private CancellationTokenSource? _closed;
    private bool _isClosed;
    private IFeatureCollection? _features;
    private IDictionary<object, object?>? _items;
    private string? _id;
    private Exception? _fault;

    private protected TransportConnection()
    {
    }

    /// <inheritdoc/>
    public override string ConnectionId
    {
        get => _id ??= Interlocked.Increment(ref s_lastId).ToString("x8", null);
        set => _id = value;
    }

    /// <inheritdoc/>
    public override IFeatureCollection Features => _features ??= new FeatureCollection();

    /// <inheritdoc/>
    public override IDictionary<object, object?> Items
    {
        get => _items ??= new Dictionary<object, object?>();
        set => _items = value;
    }

    /// <inheritdoc/>
    public override EndPoint? LocalEndPoint { get; set; }

    /// <inheritdoc/>
    public override EndPoint? RemoteEndPoint { get; set; }

    /// <inheritdoc/>
    public override IDuplexPipe Transport { get; set; } = null!;

    /// <summary>Fires when the connection was aborted, was found reset, or is disposed. A peer's FIN alone does not fire it.</summary>
    public override CancellationToken ConnectionClosed
    {
        get
        {
            lock (_gate)
            {
                if (_closed is null)
                {
                    if (_isClosed)
                    {
                        return new CancellationToken(canceled: true);
                    }

                    _closed = new CancellationTokenSource();
                }

                return _closed.Token;
            }
        }

        set => throw new NotSupportedException("The transport decides when its connection is closed.");
    }

    /// <summary>The reason why reads and flushes fail, or null while they do not.</summary>
    internal Exception? Fault => Volatile.Read(ref _fault);

    /// <inheritdoc/>
    public override void Abort() => Abort(new ConnectionAbortedException("The connection was aborted by this side."));

    /// <summary>Makes <paramref name="fault"/> the reason for everything that fails from now on; the first one stays.</summary>
    internal bool TrySetFault(Exception fault) => Interlocked.CompareExchange(ref _fault, fault, null) is null;

    /// <summary>Fires <see cref="ConnectionClosed"/>, once, outside the lock.</summary>
    internal void FireClosed()
    {
        CancellationTokenSource? source;
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            _isClosed = true;
            source = _closed;
        }

        source?.Cancel();
    }

    /// <summary>A new exception for a failed operation: an exception object is thrown on one stack only.</summary>
    internal static Exception ToThrow(Exception fault) => fault switch
    {
        ConnectionAbortedException aborted => new ConnectionAbortedException(aborted.Message, aborted.InnerException ?? aborted),
        ConnectionResetException reset => new ConnectionResetException(reset.Message, reset.InnerException ?? reset),
        _ => fault,
    };
}
