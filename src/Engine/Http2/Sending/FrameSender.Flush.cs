using System.Buffers;

namespace Engine.Http2.Sending;

/// <summary>The combining flush: whoever finds none running flushes, until nothing is left.</summary>
internal sealed partial class FrameSender
{
    // A peer that reads as fast as we write must not keep the receive loop, which may have begun the flush, from the peer's next frames.
    private const int FlushesInARow = 16;

    private TaskCompletionSource? _idle;
    private TaskCompletionSource? _room;
    private bool _flushing;
    private bool _corked = true;
    private bool _closed;

    /// <summary>Outside of the gate: holds back flushes until <see cref="Uncork"/>.</summary>
    public void Cork()
    {
        lock (_gate)
        {
            _corked = true;
        }
    }

    /// <summary>Outside of the gate: lets flushes go again and flushes.</summary>
    public void Uncork()
    {
        lock (_gate)
        {
            _corked = false;
        }

        Flush();
    }

    /// <summary>Outside of the gate: sends a full batch although the sender is corked, so that answers to one read can't pile up.</summary>
    public void FlushWhenFull()
    {
        if (Volatile.Read(ref _written) >= BatchSize)
        {
            Flush(evenCorked: true);
        }
    }

    /// <summary>Outside of the gate: sends what there is, unless somebody is at it.</summary>
    public void Flush(bool evenCorked = false)
    {
        lock (_gate)
        {
            if ((_corked && !evenCorked) || _flushing || _closed || !Collect())
            {
                return;
            }

            _flushing = true;
        }

        // Ends by itself and reports its failure to the connection; there is never more than one.
        _ = FlushUntilEmptyAsync();
    }

    /// <summary>Completes when nothing is queued and no flush runs.</summary>
    public Task WhenIdleAsync()
    {
        lock (_gate)
        {
            return _flushing ? (_idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task : Task.CompletedTask;
        }
    }

    /// <summary>Completes when the backlog is gone, or the connection over.</summary>
    public Task WhenRoomAsync()
    {
        lock (_gate)
        {
            return _sealed || _queued.Length == 0 ? Task.CompletedTask : (_room ??= new TaskCompletionSource()).Task;
        }
    }

    /// <summary>Under the gate: no frame is added any more; what was written still leaves.</summary>
    public void Seal()
    {
        _sealed = true;
        WakeRoom();
    }

    /// <summary>Under the gate, as the one who flushes: brings everything that may leave now into the transport's output.</summary>
    private bool Collect()
    {
        if (_queued.Length > 0)
        {
            _written += _queued.Length;
            foreach (var part in _queued.Sequence)
            {
                _transport.Write(part.Span);
            }

            _queued.Clear();
            WakeRoom();
        }

        Scheduler.Run(this);
        return _written > 0;
    }

    // Whoever writes begins the flush, and others' octets leave by it too: it must not wait for that caller's context, a test's or a window's.
    private async Task FlushUntilEmptyAsync()
    {
        try
        {
            for (var flushes = 1; ; flushes++)
            {
                var flush = _transport.FlushAsync();
                _wakes.Run(); // Writers whose data was taken produce the next while this leaves.
                if (flushes % FlushesInARow == 0)
                {
                    await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                }

                var result = await flush.ConfigureAwait(false);
                if (result.IsCompleted)
                {
                    throw new IOException("The transport takes no more octets: the peer has closed the connection.");
                }

                if (!Continue())
                {
                    _wakes.Run();
                    return;
                }
            }
        }
        catch (Exception exception)
        {
            Stop();
            _failed(exception);
        }
    }

    private bool Continue()
    {
        lock (_gate)
        {
            _flushing = false;
            _written = 0;
            if (!_closed && Collect())
            {
                _flushing = true;
                return true;
            }

            _idle?.TrySetResult();
            _idle = null;
            return false;
        }
    }

    private void Stop()
    {
        lock (_gate)
        {
            _flushing = false;
            _closed = true;
            _queued.Clear();
            _idle?.TrySetResult();
            _idle = null;
            Seal();
        }
    }

    private void WakeRoom()
    {
        if (_room is { } room)
        {
            _room = null;
            _wakes.Add(static room => ((TaskCompletionSource)room).TrySetResult(), room);
        }
    }
}
