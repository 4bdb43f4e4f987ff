using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace Engine.Protocols.Http.Pooling;

/// <summary>
/// The input of an origin connection, which can be watched while no one reads it: a connection that lies idle, or whose answer is
/// over, has nothing to say, and whatever it says means that it is of no further use.
/// </summary>
/// <remarks>
/// <code>
/// Active ── TryWatch ─▶ Watched ── Unwatch ─▶ Active, the read that was begun is the next one
///                          └── end, error or bytes ─▶ Gone (for good), and the watcher is told
/// </code>
/// One reader at a time; the read that watches completes on the transport's thread, and one compare-and-swap decides whether
/// the watcher or the next reader has it. Allocates nothing.
/// </remarks>
internal sealed class OriginInput : PipeReader, IValueTaskSource<ReadResult>
{
    private const int Active = 0;
    private const int Watched = 1;
    private const int Gone = 2;

    private readonly PipeReader _inner;
    private readonly Action _onRead;
    private ManualResetValueTaskSourceCore<ReadResult> _handedOver;
    private ValueTask<ReadResult> _begun;
    private Action? _onGone;
    private int _state;
    private bool _isHandedOver;

    public OriginInput(PipeReader inner)
    {
        _inner = inner;
        _onRead = OnRead;
    }

    /// <summary>Whether the input ended, failed or spoke while it was watched.</summary>
    public bool IsGone => Volatile.Read(ref _state) == Gone;

    public bool IsWatched => Volatile.Read(ref _state) == Watched;

    /// <summary>Whether a read begun by watching has completed since: before a request is sent, that means the connection is dead.</summary>
    public bool HasSpoken => IsGone || (_isHandedOver && _handedOver.GetStatus(_handedOver.Version) != ValueTaskSourceStatus.Pending);

    /// <summary>Whom to tell when a watched input is gone; replaced freely, so that whoever replaces it looks at <see cref="IsGone"/> after.</summary>
    public void OnGone(Action? tell) => Volatile.Write(ref _onGone, tell);

    /// <summary>Begins to watch; false if the input is gone already. The caller reads no more until <see cref="Unwatch"/>.</summary>
    public bool TryWatch()
    {
        if (_state != Active || _isHandedOver)
        {
            return _state == Watched;
        }

        _begun = _inner.ReadAsync();
        var awaiter = _begun.GetAwaiter();
        if (awaiter.IsCompleted)
        {
            Volatile.Write(ref _state, Gone);
            Discard();
            return false;
        }

        Volatile.Write(ref _state, Watched);
        awaiter.UnsafeOnCompleted(_onRead);
        return true;
    }

    /// <summary>Ends watching; false if the input is gone.</summary>
    public bool Unwatch()
    {
        _handedOver.Reset();
        _isHandedOver = true;
        if (Interlocked.CompareExchange(ref _state, Active, Watched) == Watched)
        {
            return true;
        }

        _isHandedOver = false;
        return false;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (!_isHandedOver)
        {
            return _inner.ReadAsync(cancellationToken);
        }

        // This one cannot be cancelled by the token; whoever gives the exchange up aborts the connection, which ends it.
        _isHandedOver = false;
        return new ValueTask<ReadResult>(this, _handedOver.Version);
    }

    public override bool TryRead(out ReadResult result)
    {
        if (!_isHandedOver)
        {
            return _inner.TryRead(out result);
        }

        if (_handedOver.GetStatus(_handedOver.Version) == ValueTaskSourceStatus.Pending)
        {
            result = default;
            return false;
        }

        _isHandedOver = false;
        result = _handedOver.GetResult(_handedOver.Version);
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => _inner.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => _inner.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => _inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => _inner.Complete(exception);

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token) => _handedOver.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _handedOver.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _handedOver.OnCompleted(continuation, state, token, flags);

    private void OnRead()
    {
        if (Interlocked.CompareExchange(ref _state, Gone, Watched) == Watched)
        {
            Discard();
            Volatile.Read(ref _onGone)?.Invoke();
            return;
        }

        ReadResult result;
        try
        {
            result = _begun.GetAwaiter().GetResult();
        }
        catch (Exception exception)
        {
            _handedOver.SetException(exception);
            return;
        }

        _handedOver.SetResult(result);
    }

    /// <summary>Takes the outcome of a read that no one wants.</summary>
    private void Discard()
    {
        try
        {
            _inner.AdvanceTo(_begun.GetAwaiter().GetResult().Buffer.Start);
        }
        catch (Exception)
        {
            // The connection is dropped whatever it was.
        }
    }
}
