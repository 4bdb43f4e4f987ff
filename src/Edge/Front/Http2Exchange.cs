using System.IO.Pipelines;
using System.Text;
using Engine.Edge.Answers;
using Engine.Edge.Requests;
using Engine.Fields;
using Engine.Http2;

namespace Engine.Edge.Front;

/// <summary>One request and its answer on a stream of a visitor's HTTP/2 connection.</summary>
/// <remarks>Owned by its <see cref="Http2Visitor"/>, for one stream.</remarks>
internal sealed class Http2Exchange : VisitorExchange
{
    private readonly Http2Stream _stream;
    private readonly FieldList _head = new();
    private byte[] _lower = [];
    private bool _isEmpty;

    public Http2Exchange(Http2Stream stream, VisitorPeer peer, StallWatch stalls)
        : base(peer, stalls)
    {
        _stream = stream;
        Upgrade = UpgradeOf(stream.Head);
        Fault = FaultOf(stream, Upgrade);
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Method => Pseudo(":method"u8);

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Path => Pseudo(":path"u8);

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Authority => Pseudo(":authority"u8) is { IsEmpty: false } authority ? authority : Pseudo("host"u8);

    /// <inheritdoc/>
    public override FieldList Fields => _stream.Head;

    /// <inheritdoc/>
    public override OwnAnswer? Fault { get; }

    /// <inheritdoc/>
    public override string? Upgrade { get; }

    /// <inheritdoc/>
    public override bool NeedsKey => Upgrade is not null;

    /// <inheritdoc/>
    public override bool HasBody => Upgrade is null && !_stream.IsInputEmpty;

    /// <inheritdoc/>
    public override PipeReader Body => _stream.Transport.Input;

    /// <inheritdoc/>
    public override FieldList? Trailers => _stream.Trailers;

    /// <inheritdoc/>
    public override CancellationToken Aborted => _stream.ConnectionClosed;

    /// <inheritdoc/>
    public override bool TakesInformational => true;

    /// <inheritdoc/>
    public override bool AwaitsContinue => false;

    /// <inheritdoc/>
    public override async ValueTask WriteInformationalAsync(int status, FieldList fields)
    {
        _stream.WriteHead(HeadOf(status, fields));
        await Pace.WriteAsync(_stream.Transport.Output.FlushAsync());
    }

    /// <inheritdoc/>
    public override PipeWriter Start(int status, FieldList fields, bool isEmpty)
    {
        HasStarted = true;
        _isEmpty = isEmpty;
        _stream.WriteHead(HeadOf(status, fields), endStream: isEmpty);
        return _stream.Transport.Output;
    }

    /// <inheritdoc/>
    public override async ValueTask EndAsync(FieldList? trailers)
    {
        if (_isEmpty)
        {
            return;
        }

        if (trailers is null)
        {
            await Pace.WriteAsync(_stream.Transport.Output.CompleteAsync());
            return;
        }

        _head.Clear();
        AddLower(trailers);
        _stream.WriteTrailers(_head);
        await Pace.WriteAsync(_stream.Transport.Output.FlushAsync());
    }

    /// <inheritdoc/>
    public override void Truncate() => _stream.Reset(Http2ErrorCode.InternalError);

    /// <inheritdoc/>
    public override async ValueTask<IDuplexPipe> SwitchAsync(FieldList fields)
    {
        // The handshake of RFC 6455 ends here: to an HTTP/2 visitor the answer is a plain 200 (RFC 8441 §5).
        HasStarted = true;
        fields.Remove("upgrade"u8);
        fields.Remove("connection"u8);
        fields.Remove("sec-websocket-accept"u8);
        fields.Remove("content-length"u8);
        _stream.WriteHead(HeadOf(200, fields));
        await Pace.WriteAsync(_stream.Transport.Output.FlushAsync());
        return _stream.Transport;
    }

    /// <inheritdoc/>
    public override void GiveUpWriting() => _stream.Reset(Http2ErrorCode.Cancel);

    private ReadOnlySpan<byte> Pseudo(ReadOnlySpan<byte> name) => _stream.Head.TryGet(name, out var value) ? value : default;

    private FieldList HeadOf(int status, FieldList fields)
    {
        Span<byte> digits = stackalloc byte[3];
        status.TryFormat(digits, out _);
        _head.Clear();
        _head.Add(":status"u8, digits);
        AddLower(fields);
        return _head;
    }

    private void AddLower(FieldList fields)
    {
        foreach (var field in fields)
        {
            var name = FieldRules.Lower(field.Name, ref _lower);
            _head.Add(name, field.Value, field.IsSensitive || FieldRules.IsSecret(name));
        }
    }

    private static string? UpgradeOf(FieldList head) =>
        head.TryGet(":method"u8, out var method) && method.SequenceEqual("CONNECT"u8) && head.TryGet(":protocol"u8, out var protocol)
            ? Encoding.Latin1.GetString(protocol).ToLowerInvariant()
            : null;

    private static OwnAnswer? FaultOf(Http2Stream stream, string? upgrade)
    {
        var head = stream.Head;
        if (upgrade is not (null or "websocket"))
        {
            return OwnAnswer.UnsupportedProtocol;
        }

        var isConnect = head.TryGet(":method"u8, out var method) && method.SequenceEqual("CONNECT"u8);
        if (isConnect && upgrade is null)
        {
            return OwnAnswer.MethodNotAllowed;
        }

        return HasOneHost(head) && HasPath(head) ? null : OwnAnswer.BadRequest;
    }

    /// <summary>Whether <c>:authority</c> and <c>host</c>, as far as they are there, are one name (RFC 9113 §8.3.1).</summary>
    private static bool HasOneHost(FieldList head)
    {
        var index = head.IndexOf("host"u8);
        var hasAuthority = head.TryGet(":authority"u8, out var authority) && !authority.IsEmpty;
        if (index < 0)
        {
            return hasAuthority;
        }

        var host = head[index].Value;
        return head.IndexOf("host"u8, index + 1) < 0 && !host.IsEmpty && (!hasAuthority || Ascii.EqualsIgnoreCase(host, authority));
    }

    private static bool HasPath(FieldList head)
    {
        if (!head.TryGet(":path"u8, out var path) || path.IsEmpty || path.ContainsAnyInRange((byte)0, (byte)' ') || path.ContainsAny((byte)'#', (byte)0x7F))
        {
            return false;
        }

        return path[0] == (byte)'/' || (path.SequenceEqual("*"u8) && head.TryGet(":method"u8, out var method) && method.SequenceEqual("OPTIONS"u8));
    }
}
