using Engine.Fields;

namespace Engine.Http2.Connections;

/// <summary>Callers that wait for the peer's limit of streams to let them open one.</summary>
/// <remarks>Guarded by the connection's gate; first come, first served.</remarks>
internal sealed class OpenQueue
{
    private readonly Http2Connection _connection;
    private readonly LinkedList<Request> _requests = new();

    public OpenQueue(Http2Connection connection) => _connection = connection;

    /// <summary>How many callers wait.</summary>
    public int Count => _requests.Count;

    /// <summary>Adds a caller; its head must stay as it is until the wait is over.</summary>
    public Request Add(FieldList head, bool endStream)
    {
        var request = new Request(head, endStream);
        _requests.AddLast(request.Node);
        return request;
    }

    /// <summary>Takes out a caller that gave up; false when it was served meanwhile.</summary>
    public bool TryRemove(Request request)
    {
        if (request.Node.List is null)
        {
            return false;
        }

        _requests.Remove(request.Node);
        return true;
    }

    /// <summary>Serves callers as long as there are slots.</summary>
    public void Serve()
    {
        while (_requests.First is { } node && _connection.HasSlot)
        {
            _requests.RemoveFirst();
            node.Value.Stream = _connection.Open(node.Value.Head, node.Value.EndStream);
            Complete(node.Value);
        }
    }

    /// <summary>Turns everybody away.</summary>
    public void Refuse(string reason)
    {
        while (_requests.First is { } node)
        {
            _requests.RemoveFirst();
            node.Value.Refusal = new Http2StreamRefusedException(reason, isSafeToRetry: true);
            Complete(node.Value);
        }
    }

    private void Complete(Request request) => _connection.Wakes.Add(static request => ((Request)request).Complete(), request);

    /// <summary>One caller.</summary>
    internal sealed class Request : TaskCompletionSource<Http2Stream>
    {
        public Request(FieldList head, bool endStream)
        {
            Head = head;
            EndStream = endStream;
            Node = new LinkedListNode<Request>(this);
        }

        public FieldList Head { get; }

        public bool EndStream { get; }

        public LinkedListNode<Request> Node { get; }

        public Http2Stream? Stream { get; set; }

        public Http2StreamRefusedException? Refusal { get; set; }

        public void Complete()
        {
            if (Stream is not null)
            {
                TrySetResult(Stream);
            }
            else
            {
                TrySetException(Refusal!);
            }
        }
    }
}
