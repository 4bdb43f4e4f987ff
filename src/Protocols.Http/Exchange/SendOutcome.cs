namespace Engine.Protocols.Http.Exchange;

/// <summary>How the sending of a request ended. It is a value: what it means depends on what the origin answered meanwhile.</summary>
internal enum SendOutcome
{
    /// <summary>All of it is with the transport.</summary>
    Complete,

    /// <summary>This side stopped: the origin answered without wanting the rest, or closed.</summary>
    Stopped,

    /// <summary>The origin takes nothing more. It may still answer.</summary>
    OriginFailed,

    /// <summary>The visitor is gone, or sent a body other than announced.</summary>
    VisitorFailed,
}
