using System.IO.Pipelines;
using System.Text;
using Engine.Edge.Answers;
using Engine.Fields;
using Engine.Http1;
using Microsoft.AspNetCore.Connections;

namespace Engine.Edge.Front;

/// <summary>One request and its answer on a visitor's HTTP/1.1 connection; used again for the next.</summary>
/// <remarks>Owned by its <see cref="Http1Visitor"/>.</remarks>
internal sealed class Http1Exchange : VisitorExchange
{
    private readonly Http1Visitor _visitor;
    private readonly ConnectionContext _connection;
    private readonly PipeWriter _output;
    private Http1Framing _bodyFraming;
    private Http1BodyReader? _body;
    private Http1BodyWriter? _writer;
    private Http1Framing _answerFraming;
    private byte[] _path = [];
    private string? _upgrade;
    private bool _expectsContinue;
    private bool _sentContinue;
    private bool _isAbandoned;

    public Http1Exchange(Http1Visitor visitor, ConnectionContext connection, VisitorPeer peer, StallWatch stalls)
        : base(peer, stalls)
    {
        _visitor = visitor;
        _connection = connection;
        _output = connection.Transport.Output;
    }

    /// <summary>What the next request's head is read into.</summary>
    public Http1RequestHead Head { get; } = new();

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Method => Head.Method;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Path => _path.Length > 0 ? _path : Head.PathAndQuery;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Authority => Head.Authority;

    /// <inheritdoc/>
    public override FieldList Fields => Head.Fields;

    /// <inheritdoc/>
    public override OwnAnswer? Fault =>
        Head.Authority.IsEmpty ? OwnAnswer.BadRequest :
        IsWebSocket && !Head.Fields.Contains("sec-websocket-key"u8) ? OwnAnswer.BadRequest : null;

    /// <inheritdoc/>
    public override string? Upgrade => _upgrade;

    /// <inheritdoc/>
    public override bool NeedsKey => false;

    /// <inheritdoc/>
    public override bool HasBody => _body is not null;

    /// <inheritdoc/>
    public override PipeReader Body => _body!;

    /// <inheritdoc/>
    public override FieldList? Trailers => _body?.Trailers;

    /// <inheritdoc/>
    public override CancellationToken Aborted => _connection.ConnectionClosed;

    /// <inheritdoc/>
    public override bool TakesInformational => Head.MinorVersion >= 1;

    /// <inheritdoc/>
    public override bool AwaitsContinue => _expectsContinue && !_sentContinue && _body is { IsEnded: false };

    /// <summary>Whether the connection stands at the next request.</summary>
    public bool IsReusable { get; private set; }

    /// <summary>Whether the answer was cut off.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>Whether the bytes were given away.</summary>
    public bool IsSwitched { get; private set; }

    /// <summary>Takes the head that was just read.</summary>
    /// <exception cref="Http1Exception">Its framing is faulty.</exception>
    public void Begin(Http1Reader reader)
    {
        BeginPace();
        HasStarted = false;
        IsReusable = false;
        _writer = null;
        _sentContinue = false;
        _isAbandoned = false;
        _path = Head.PathIsMissing ? [(byte)'/', .. Head.PathAndQuery] : [];
        _bodyFraming = Http1Reader.RequestFraming(Head);
        var isEmpty = _bodyFraming.Kind == Http1BodyKind.None || _bodyFraming is { Kind: Http1BodyKind.Length, Length: 0 };
        _body = isEmpty ? null : reader.OpenBody(_bodyFraming);
        _expectsContinue = Head.MinorVersion >= 1 && Http1Fields.HasToken(Head.Fields, "expect"u8, "100-continue"u8);
        _upgrade = Http1AnswerRules.UpgradeOf(Head, isEmpty);
    }

    /// <summary>Takes a head that cannot be read, so that an answer can be given.</summary>
    public void BeginFaulty()
    {
        BeginPace();
        Head.Clear();
        HasStarted = false;
        IsReusable = false;
        _writer = null;
        _body = null;
        _path = [];
        _upgrade = null;
    }

    /// <inheritdoc/>
    public override async ValueTask WriteInformationalAsync(int status, FieldList fields)
    {
        _sentContinue |= status == 100;
        Http1Writer.WriteResponseHead(_output, status, default, fields);
        await FlushAsync();
    }

    /// <inheritdoc/>
    public override PipeWriter Start(int status, FieldList fields, bool isEmpty)
    {
        HasStarted = true;
        _answerFraming = Http1AnswerRules.Frame(Head, status, fields, isEmpty);
        var persists = Head.IsPersistent && !_visitor.IsDraining && MayGoOn() && _answerFraming.Kind != Http1BodyKind.UntilClose;
        IsReusable = persists;
        if (!persists)
        {
            fields.Add("Connection"u8, "close"u8);
        }
        else if (Head.MinorVersion == 0)
        {
            fields.Add("Connection"u8, "keep-alive"u8);
        }

        Http1Writer.WriteResponseHead(_output, status, Http1AnswerRules.ReasonOf(status), fields);
        return _writer = new Http1BodyWriter(_output, _answerFraming);
    }

    /// <inheritdoc/>
    public override async ValueTask EndAsync(FieldList? trailers)
    {
        if (trailers is not null && _answerFraming.Kind == Http1BodyKind.Chunked)
        {
            _writer!.WriteTrailers(trailers);
        }
        else
        {
            _writer!.Complete();
        }

        await FlushAsync();
    }

    /// <inheritdoc/>
    public override void Truncate()
    {
        IsReusable = false;
        IsTruncated = true;
        if (!HasStarted || _answerFraming.Kind is not (Http1BodyKind.Chunked or Http1BodyKind.Length))
        {
            // Nothing in the octets shows where the answer should have ended: only a reset does.
            _connection.Abort(new ConnectionAbortedException("The answer could not be completed."));
        }
    }

    /// <inheritdoc/>
    public override async ValueTask<IDuplexPipe> SwitchAsync(FieldList fields)
    {
        HasStarted = true;
        IsSwitched = true;
        _answerFraming = Http1Framing.UntilClose;
        if (!fields.Contains("upgrade"u8))
        {
            fields.Add("Upgrade"u8, _upgrade!);
        }

        if (!fields.Contains("connection"u8))
        {
            fields.Add("Connection"u8, "Upgrade"u8);
        }

        Http1Writer.WriteResponseHead(_output, 101, default, fields);
        await FlushAsync();
        return _connection.Transport;
    }

    /// <inheritdoc/>
    public override void GiveUpWriting() => _connection.Abort(new ConnectionAbortedException("The visitor does not take its answer."));

    /// <inheritdoc/>
    public override void AbandonBody() => _isAbandoned = true;

    /// <inheritdoc/>
    public override void RequestEnded() => _visitor.Watch();

    /// <summary>Told after the exchange: whether the request was read to its end decides about the next one.</summary>
    public void Finish()
    {
        Pace.End();
        IsReusable &= _body is null or { IsEnded: true } && _writer is { IsEnded: true };
    }

    private async ValueTask FlushAsync()
    {
        var result = await Pace.WriteAsync(_output.FlushAsync());
        if (result.IsCompleted)
        {
            throw new ConnectionResetException("The visitor has closed the connection.");
        }
    }

    /// <summary>A body that nobody will read leaves the connection somewhere inside the request.</summary>
    private bool MayGoOn() => !AwaitsContinue && !(_isAbandoned && _body is { IsEnded: false });
}
