namespace Engine.Http2;

/// <summary>How much a peer may do before it loses the connection.</summary>
public enum Http2Profile
{
    /// <summary>Towards visitors: strict limits, and whoever breaks one loses the connection.</summary>
    Public,

    /// <summary>Between connector and edge: many visitors share the connection, so that nothing which one of them can cause through a correct peer ends it.</summary>
    Tunnel,
}
