namespace Engine.Protocols.Http.Exchange;

/// <summary>What an exchange leaves of its connection.</summary>
internal enum ExchangeEnd
{
    /// <summary>Both messages are whole and the origin keeps the connection open.</summary>
    Reusable,

    /// <summary>It went well and the connection carries nothing more.</summary>
    Closed,

    /// <summary>It failed, or its visitor left: the connection is cut.</summary>
    Broken,

    /// <summary>The pooled connection was dead, nothing was answered, and the request may go over another one.</summary>
    Stale,
}
