using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Engine.Edge.Listening;

/// <summary>Takes connections from a listener and hands each one on without waiting for it.</summary>
/// <remarks>Owns the listener. Ends when that is unbound.</remarks>
internal sealed class AcceptLoop : IAsyncDisposable
{
    // Out of descriptors is the usual cause; a second is long enough for some to come back.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly IConnectionListener _listener;
    private readonly Func<ConnectionContext, Task> _serve;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public AcceptLoop(IConnectionListener listener, Func<ConnectionContext, Task> serve, TimeProvider time, ILogger log)
    {
        _listener = listener;
        _serve = serve;
        _time = time;
        _log = log;
    }

    /// <summary>Where it listens.</summary>
    public EndPoint EndPoint => _listener.EndPoint;

    /// <summary>Begins once <paramref name="first"/> is over; until then connections wait in the listener's queue.</summary>
    public void Start(Task first) => _running = RunAsync(first);

    /// <summary>Stops taking connections; those handed on are not touched.</summary>
    public async ValueTask StopAsync()
    {
        await _stop.CancelAsync();
        await _listener.UnbindAsync();
        await _running;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _listener.DisposeAsync();
    }

    private async Task RunAsync(Task first)
    {
        await first.WaitAsync(_stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                if (await _listener.AcceptAsync(_stop.Token) is not { } connection)
                {
                    return;
                }

                // The serving side logs its own failures and never throws.
                _ = _serve(connection);
            }
            catch (Exception) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                EdgeLog.AcceptFailed(_log, error);
                await Task.Delay(Pause, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
