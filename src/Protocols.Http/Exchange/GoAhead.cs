namespace Engine.Protocols.Http.Exchange;

/// <summary>What a body waits for after <c>Expect: 100-continue</c> (RFC 9110 §10.1.1): the origin's word, or enough time without one.</summary>
internal sealed class GoAhead : IDisposable
{
    private readonly TaskCompletionSource<bool> _decided = new();
    private readonly ITimer _timer;

    public GoAhead(TimeSpan limit, TimeProvider timeProvider)
        => _timer = timeProvider.CreateTimer(static state => ((GoAhead)state!).Decide(true), this, limit, Timeout.InfiniteTimeSpan);

    /// <summary>True to send the body, false to keep it.</summary>
    public Task<bool> Decision => _decided.Task;

    /// <summary>Decides; the first word counts.</summary>
    public void Decide(bool send) => _decided.TrySetResult(send);

    public void Dispose()
    {
        _timer.Dispose();
        Decide(false);
    }
}
