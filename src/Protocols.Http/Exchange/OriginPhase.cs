namespace Engine.Protocols.Http.Exchange;

/// <summary>How far an exchange had come when it failed.</summary>
internal enum OriginPhase
{
    /// <summary>Making the connection.</summary>
    Connect,

    /// <summary>Sending the request and waiting for the head of the answer.</summary>
    Head,

    /// <summary>Passing the body of the answer on.</summary>
    Body,

    /// <summary>After the switch of protocols.</summary>
    Upgraded,
}
