namespace Engine.Tunnels.Registration;

/// <summary>What an edge does when a connector calls it. Calls come one at a time.</summary>
internal interface IRegistrationHandler
{
    /// <summary>Judges the registration; called until it succeeds once.</summary>
    ValueTask<RegisterConnectionResults> RegisterAsync(RegisterConnectionParameters parameters);

    /// <summary>Called when a refusal was sent, or when an acceptance is about to leave: before the connector can read it.</summary>
    void Registered(RegisterConnectionResults results);

    /// <summary>Keeps the connector's configuration for display.</summary>
    void UpdateLocalConfiguration(ReadOnlyMemory<byte> json);

    /// <summary>The connector wants no more streams; called when the answer was sent.</summary>
    void Unregistered();
}
