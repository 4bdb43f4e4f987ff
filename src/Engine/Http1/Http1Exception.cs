namespace Engine.Http1;

/// <summary>A message that is not HTTP/1.1 as RFC 9112 has it, or that two parsers could read differently.</summary>
/// <remarks>The connection it came from has lost its framing: answer <see cref="SuggestedStatus"/> if nothing was sent, then close.</remarks>
public sealed class Http1Exception : IOException
{
    /// <summary>Creates the error.</summary>
    public Http1Exception(Http1Error code, string message)
        : base(message)
    {
        Code = code;
    }

    /// <summary>What is wrong.</summary>
    public Http1Error Code { get; }

    /// <summary>The status a server answers a request with that fails so: 400, 414, 431, 501 or 505.</summary>
    public int SuggestedStatus => Code switch
    {
        Http1Error.TargetTooLong => 414,
        Http1Error.HeadTooLarge or Http1Error.TooManyFields or Http1Error.TrailersTooLarge => 431,
        Http1Error.UnsupportedTransferEncoding => 501,
        Http1Error.UnsupportedVersion => 505,
        _ => 400,
    };
}
