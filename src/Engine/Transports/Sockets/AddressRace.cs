using System.Net;

namespace Engine.Transports;

/// <summary>Tries addresses with staggered starts and takes the first that connects (RFC 8305 §5).</summary>
/// <remarks>Runs on no thread of its own. Losers are cancelled, and disposed of by <c>dispose</c> when they connect all the same.</remarks>
internal sealed class AddressRace<T>(
    Func<IPAddress, CancellationToken, Task<T>> connect, Action<T> dispose, TimeSpan delay, TimeProvider time)
    where T : class
{
    private readonly List<Task<T>> _running = [];

    /// <summary>The failures so far, in the order in which they came.</summary>
    public List<(IPAddress Address, Exception Error)> Failures { get; } = [];

    /// <summary>The first connection, or null when every address failed.</summary>
    public async Task<T?> RunAsync(IReadOnlyList<IPAddress> addresses, CancellationToken cancellationToken)
    {
        using var race = new CancellationTokenSource();
        using var link = cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), race);
        try
        {
            var next = 0;
            while (next < addresses.Count || _running.Count > 0)
            {
                if (next < addresses.Count)
                {
                    _running.Add(AttemptAsync(addresses[next++], race.Token));
                }

                var winner = await WaitAsync(more: next < addresses.Count, race.Token);
                cancellationToken.ThrowIfCancellationRequested();
                if (winner is not null)
                {
                    return winner;
                }
            }

            return null;
        }
        finally
        {
            await race.CancelAsync();
            DisposeLosers();
        }
    }

    // Returns when there is a winner, when the next address is due, or when nothing runs any more.
    private async Task<T?> WaitAsync(bool more, CancellationToken cancellationToken)
    {
        using var headStart = CancellationSource(cancellationToken, out var link);
        using var registration = link;
        var due = more && delay != Timeout.InfiniteTimeSpan ? Task.Delay(delay, time, headStart.Token) : null;
        try
        {
            while (_running.Count > 0)
            {
                var ended = due is null ? await Task.WhenAny(_running) : await Task.WhenAny([.. _running, due]);
                if (ended == due)
                {
                    return null;
                }

                _running.Remove((Task<T>)ended);
                if (ended.IsCompletedSuccessfully)
                {
                    return ((Task<T>)ended).Result;
                }

                if (more)
                {
                    return null;
                }
            }

            return null;
        }
        finally
        {
            await headStart.CancelAsync();
        }
    }

    private static CancellationTokenSource CancellationSource(CancellationToken cancellationToken, out CancellationTokenRegistration link)
    {
        var source = new CancellationTokenSource();
        link = cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), source);
        return source;
    }

    private async Task<T> AttemptAsync(IPAddress address, CancellationToken cancellationToken)
    {
        try
        {
            return await connect(address, cancellationToken);
        }
        catch (Exception exception)
        {
            lock (Failures)
            {
                Failures.Add((address, exception));
            }

            throw;
        }
    }

    private void DisposeLosers()
    {
        foreach (var loser in _running)
        {
            loser.ContinueWith(
                static (task, state) =>
                {
                    if (task.IsCompletedSuccessfully)
                    {
                        ((Action<T>)state!)(task.Result);
                    }
                    else
                    {
                        _ = task.Exception;
                    }
                },
                dispose,
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }
    }
}
