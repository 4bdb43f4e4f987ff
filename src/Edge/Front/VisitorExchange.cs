using System.IO.Pipelines;
using Engine.Edge.Answers;
using Engine.Edge.Requests;
using Engine.Fields;

namespace Engine.Edge.Front;

/// <summary>One request of a visitor and the answer to it, whichever version of HTTP the visitor speaks.</summary>
/// <remarks>
/// Owned by the connection (or stream) that read the request; used by one forwarder at a time. The request's body is read and the
/// answer written independently of each other, each by one caller. Writing fails with an exception once the visitor is gone.
/// </remarks>
internal abstract class VisitorExchange
{
    private readonly StallWatch _stalls;

    protected VisitorExchange(VisitorPeer peer, StallWatch stalls)
    {
        Peer = peer;
        _stalls = stalls;
        Pace = new VisitorPace(this, stalls);
    }

    /// <summary>Who asks.</summary>
    public VisitorPeer Peer { get; }

    /// <summary>How long the visitor of this request keeps the edge waiting.</summary>
    public VisitorPace Pace { get; private set; }

    /// <summary>Makes the head for the tunnel.</summary>
    public RequestWriter Request { get; } = new();

    /// <summary>Makes the fields for the visitor.</summary>
    public ResponseWriter Response { get; } = new();

    /// <summary>The method, case kept.</summary>
    public abstract ReadOnlySpan<byte> Method { get; }

    /// <summary>Path and query, as sent.</summary>
    public abstract ReadOnlySpan<byte> Path { get; }

    /// <summary>The host, and the port if there is one, as sent; empty when the visitor named none.</summary>
    public abstract ReadOnlySpan<byte> Authority { get; }

    /// <summary>The fields as sent; pseudo-fields and <c>Host</c> may be among them.</summary>
    public abstract FieldList Fields { get; }

    /// <summary>What this version's rules refuse the request with, if they do.</summary>
    public abstract OwnAnswer? Fault { get; }

    /// <summary>The protocol the visitor asks to change to, <c>websocket</c> in lower case; null for an ordinary request.</summary>
    public abstract string? Upgrade { get; }

    /// <summary>Whether the visitor asks for a WebSocket.</summary>
    public bool IsWebSocket => Upgrade == "websocket";

    /// <summary>Whether the WebSocket came without a key, as extended CONNECT does (RFC 8441 §5).</summary>
    public abstract bool NeedsKey { get; }

    /// <summary>Whether the request has a body.</summary>
    public abstract bool HasBody { get; }

    /// <summary>The request's body.</summary>
    public abstract PipeReader Body { get; }

    /// <summary>The request's trailers, once its body has ended.</summary>
    public abstract FieldList? Trailers { get; }

    /// <summary>Fires when the visitor gave the request up.</summary>
    public abstract CancellationToken Aborted { get; }

    /// <summary>Whether the final head of the answer was written.</summary>
    public bool HasStarted { get; protected set; }

    /// <summary>Whether the visitor understands interim answers.</summary>
    public abstract bool TakesInformational { get; }

    /// <summary>Whether the visitor holds its body back for a 100 that it was not sent (RFC 9110 §10.1.1).</summary>
    public abstract bool AwaitsContinue { get; }

    /// <summary>Writes an interim answer at once.</summary>
    public abstract ValueTask WriteInformationalAsync(int status, FieldList fields);

    /// <summary>Writes the final head; it leaves with the first flush of what is returned.</summary>
    /// <param name="status">The status.</param>
    /// <param name="fields">The fields; may be changed.</param>
    /// <param name="isEmpty">Whether nothing will be written to the body.</param>
    /// <returns>Takes the body. Not to be completed: <see cref="EndAsync"/> does that.</returns>
    public abstract PipeWriter Start(int status, FieldList fields, bool isEmpty);

    /// <summary>Ends a complete answer.</summary>
    /// <param name="trailers">Its trailers, or null.</param>
    public abstract ValueTask EndAsync(FieldList? trailers);

    /// <summary>Ends an answer that is not complete, so that the visitor can tell.</summary>
    public abstract void Truncate();

    /// <summary>Agrees to the change of protocol and gives the bytes to the caller, who has both directions to himself from then on.</summary>
    public abstract ValueTask<IDuplexPipe> SwitchAsync(FieldList fields);

    /// <summary>Ends the request of a visitor that does not take its answer, so that what waits for it fails. May come from any thread.</summary>
    public abstract void GiveUpWriting();

    /// <summary>Told before an answer of our own: nobody will read what is left of the request's body.</summary>
    public virtual void AbandonBody()
    {
    }

    /// <summary>Told when the request has been read to its end, so that the visitor's leaving can be noticed while it waits.</summary>
    public virtual void RequestEnded()
    {
    }

    /// <summary>Begins another request.</summary>
    protected void BeginPace()
    {
        Pace.End();
        Pace = new VisitorPace(this, _stalls);
    }
}
