using System.IO.Pipelines;
using System.Text;
using System.Threading.Channels;
using Engine.Edge.Registry;
using Engine.Fields;
using Engine.Testing;
using Engine.Transports;
using Engine.Tunnels;
using Microsoft.AspNetCore.Connections;

namespace Engine.Edge.Tests.Fakes;

/// <summary>A stream whose connector's end is in the test's hands: <see cref="Connector"/> is what the connector reads and writes.</summary>
internal sealed class ScriptedStream : ITunnelStream
{
    private readonly Channel<object> _heads = Channel.CreateUnbounded<object>();
    private readonly TaskCompletionSource _reset = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<FieldList> _trailers = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action _onDispose;
    private readonly ConnectionContext _edge;

    public ScriptedStream(TunnelStreamKind kind, FieldList head, bool endStream, Action onDispose)
    {
        Kind = kind;
        Head = head;
        EndStream = endStream;
        _onDispose = onDispose;
        (_edge, Connector) = MemoryConnection.CreatePair();
    }

    public TunnelStreamKind Kind { get; }

    public FieldList Head { get; }

    public bool EndStream { get; }

    public ConnectionContext Connector { get; }

    /// <summary>Completes when the edge gave the stream up.</summary>
    public Task WasReset => _reset.Task;

    public Task WasDisposed => _disposed.Task;

    /// <summary>The trailers the edge ended the request with.</summary>
    public Task<FieldList> RequestTrailers => _trailers.Task;

    public IDuplexPipe Transport => _edge.Transport;

    public FieldList? Trailers { get; set; }

    public bool IsResponseEmpty { get; set; }

    public string? Field(string name) => Head.GetString(Encoding.ASCII.GetBytes(name));

    public async ValueTask<TunnelResponse> ReadResponseAsync(CancellationToken cancellationToken)
    {
        var next = await _heads.Reader.ReadAsync(cancellationToken);
        return next is Exception failure ? throw failure : (TunnelResponse)next;
    }

    public void WriteTrailers(FieldList trailers)
    {
        var copy = new FieldList();
        copy.AddRange(trailers);
        _trailers.TrySetResult(copy);
        _edge.Transport.Output.Complete();
    }

    public void Reset()
    {
        if (_reset.TrySetResult())
        {
            _heads.Writer.TryWrite(new ConnectionResetException("reset by the edge"));
            _edge.Abort(new ConnectionAbortedException("reset by the edge"));
        }
    }

    public ValueTask DisposeAsync()
    {
        if (_disposed.TrySetResult())
        {
            _onDispose();
        }

        return _edge.DisposeAsync();
    }

    /// <summary>The connector answers with a head.</summary>
    public void Answer(int status, params (string Name, string Value)[] fields) => Answer(new TunnelResponse(status, ListOf(fields)));

    public void Answer(TunnelResponse response) => _heads.Writer.TryWrite(response);

    /// <summary>The connector resets the stream, or its connection breaks.</summary>
    public void Fail(Exception failure)
    {
        _heads.Writer.TryWrite(failure);
        Connector.Abort(new ConnectionAbortedException("the connector broke off"));
    }

    /// <summary>The connector sends a part of the body.</summary>
    public async Task SendAsync(string text) => await Connector.Transport.Output.WriteAsync(Encoding.Latin1.GetBytes(text)).AsTask().Within();

    /// <summary>The connector ends the body.</summary>
    public async Task EndAsync() => await Connector.Transport.Output.CompleteAsync().AsTask().Within();

    /// <summary>Reads the request's body to its end.</summary>
    public async Task<string> ReadBodyAsync()
    {
        var text = new StringBuilder();
        while (true)
        {
            var read = await Connector.Transport.Input.ReadAsync().Within();
            foreach (var segment in read.Buffer)
            {
                text.Append(Encoding.Latin1.GetString(segment.Span));
            }

            Connector.Transport.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return text.ToString();
            }
        }
    }

    /// <summary>Reads exactly this many octets of the request's body.</summary>
    public async Task<string> ReadAsync(int octets)
    {
        var read = await Connector.Transport.Input.ReadAtLeastAsync(octets).Within();
        var part = read.Buffer.Slice(0, octets);
        var text = Encoding.Latin1.GetString(System.Buffers.BuffersExtensions.ToArray(part));
        Connector.Transport.Input.AdvanceTo(part.End);
        return text;
    }

    public static FieldList ListOf(params (string Name, string Value)[] fields)
    {
        var list = new FieldList();
        foreach (var (name, value) in fields)
        {
            list.Add(Encoding.Latin1.GetBytes(name), value);
        }

        return list;
    }
}
