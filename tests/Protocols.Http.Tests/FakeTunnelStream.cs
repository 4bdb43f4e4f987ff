using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using Engine.Fields;
using Engine.Ingress;
using Engine.Origins;
using Engine.Transports;
using Engine.Tunnels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Engine.Protocols.Http.Tests;

/// <summary>A stream as the edge would open it: the handler has this end, the test plays the visitor on the other.</summary>
internal sealed class FakeTunnelStream : ConnectionContext, ITunnelStreamFeature, IOriginFeature
{
    private readonly ConnectionContext _inner;
    private readonly string _method;
    private readonly string _target;
    private readonly string _authority;

    public FakeTunnelStream(string method = "GET", string target = "/", string authority = "app.example", bool hasBody = false, long? length = null, TunnelStreamKind kind = TunnelStreamKind.Http, int window = 64 * 1024)
    {
        (_inner, Visitor) = MemoryConnection.CreatePair(new MemoryConnectionOptions { BufferSize = window });
        _method = method;
        _target = target;
        _authority = authority;
        HasBody = hasBody;
        ContentLength = length;
        Kind = kind;
        Features.Set<ITunnelStreamFeature>(this);
        Features.Set<IOriginFeature>(this);
        if (!hasBody && kind == TunnelStreamKind.Http)
        {
            Visitor.Transport.Output.Complete();
        }
    }

    /// <summary>The visitor's end: its output is the request body, its input the response body.</summary>
    public ConnectionContext Visitor { get; }

    public Origin Origin { get; set; } = null!;

    public IngressRule Rule => throw new NotSupportedException();

    public TunnelStreamKind Kind { get; }

    public int ConnectionIndex => 0;

    public ReadOnlySpan<byte> Method => Encoding.Latin1.GetBytes(_method);

    public ReadOnlySpan<byte> Target => Encoding.Latin1.GetBytes(_target);

    public ReadOnlySpan<byte> Authority => Encoding.Latin1.GetBytes(_authority);

    public FieldList RequestFields { get; } = new();

    public bool HasBody { get; }

    public long? ContentLength { get; }

    public FieldList? RequestTrailers { get; set; }

    public bool ResponseStarted { get; private set; }

    public int Status { get; private set; }

    public string? Fields { get; private set; }

    public bool HasNoBody { get; private set; }

    public string? Trailers { get; private set; }

    public StreamFailure? Failure { get; private set; }

    public ConcurrentQueue<string> Interim { get; } = new();

    /// <summary>Fires when the final head was written, or the stream failed.</summary>
    public TaskCompletionSource Answered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override IDuplexPipe Transport { get => _inner.Transport; set => throw new NotSupportedException(); }

    public override string ConnectionId { get; set; } = "stream";

    public override IFeatureCollection Features { get; } = new FeatureCollection();

    public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

    public override CancellationToken ConnectionClosed { get => _inner.ConnectionClosed; set => throw new NotSupportedException(); }

    public override EndPoint? LocalEndPoint { get; set; }

    public FakeTunnelStream With(string name, string value)
    {
        RequestFields.Add(Encoding.Latin1.GetBytes(name), value);
        return this;
    }

    public void WriteInformational(int status, FieldList fields) => Interim.Enqueue($"{status}\n{fields}");

    public void WriteResponse(int status, FieldList fields, ResponseSource source = ResponseSource.Origin, bool endStream = false)
    {
        Assert.False(ResponseStarted, "A second final head.");
        ResponseStarted = true;
        Status = status;
        Fields = fields.ToString();
        HasNoBody = endStream;
        if (endStream)
        {
            _inner.Transport.Output.Complete();
        }

        Answered.TrySetResult();
    }

    public void WriteTrailers(FieldList trailers)
    {
        Trailers = trailers.ToString();
        _inner.Transport.Output.Complete();
    }

    public void Fail(StreamFailure failure)
    {
        Assert.Null(Failure);
        Failure = failure;
        if (ResponseStarted)
        {
            _inner.Abort(new ConnectionAbortedException(failure.Code));
        }
        else
        {
            ResponseStarted = true;
            Status = failure.Status;
            _inner.Transport.Output.Complete();
        }

        Answered.TrySetResult();
    }

    public override void Abort(ConnectionAbortedException abortReason) => _inner.Abort(abortReason);

    public override void Abort() => _inner.Abort();

    /// <summary>What the connector does when the handler has ended: an unfinished answer is reset.</summary>
    public override ValueTask DisposeAsync() => _inner.DisposeAsync();
}
