namespace Engine.Http2;

/// <summary>Which side of an HTTP/2 connection (RFC 9113 §2.2) an endpoint plays, whoever dialled.</summary>
public enum Http2Role
{
    /// <summary>Sends the preface and opens streams.</summary>
    Client,

    /// <summary>Accepts streams.</summary>
    Server,
}
