using Engine.Tunnels;

namespace Engine;

/// <summary>How one attempt to hold a connection ended.</summary>
/// <param name="Ip">The edge's address, for logs.</param>
/// <param name="Reason">What happened.</param>
/// <param name="WasReady">Whether it had been registered.</param>
/// <param name="WantsOtherAddress">Whether the next attempt should go elsewhere.</param>
/// <param name="Refusal">The edge's refusal, if it was one.</param>
internal sealed record ConnectorAttemptEnd(string Ip, string Reason, bool WasReady, bool WantsOtherAddress, RegistrationRefusedException? Refusal)
{
    public static ConnectorAttemptEnd DialFailed(string ip, Exception exception) =>
        new(ip, exception.Message, WasReady: false, WantsOtherAddress: true, Refusal: null);

    public static ConnectorAttemptEnd Refused(string ip, RegistrationRefusedException refusal) =>
        new(ip, refusal.Cause, WasReady: false, WantsOtherAddress: refusal.Retry == RetryAdvice.OtherAddress, refusal);

    // What was registered keeps its address: the edge that it knows is the likeliest to be back.
    public static ConnectorAttemptEnd Lost(string ip, string reason) =>
        new(ip, reason, WasReady: true, WantsOtherAddress: false, Refusal: null);
}
