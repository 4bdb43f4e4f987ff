using Engine.Tunnels.Registration.Capnp;
using Engine.Tunnels.Registration.Rpc;

namespace Engine.Tunnels.Registration;

/// <summary>The results of registerConnection: the details of the connection, or an error.</summary>
/// <remarks>
/// <code>
/// results                                                | result
/// ConnectionResponse  tag u16@0: 0 error, 1 details      | ConnectionError or ConnectionDetails
/// ConnectionError     retryAfter i64@0 ns, shouldRetry bit 64 | cause Text
/// ConnectionDetails   tunnelIsRemotelyManaged bit 0      | uuid Data, locationName Text
/// </code>
/// </remarks>
internal sealed record RegisterConnectionResults : IRpcStruct
{
    /// <summary>The details, or null when the edge refused.</summary>
    public ConnectionDetails? Details { get; init; }

    public string Cause { get; init; } = "";

    public bool ShouldRetry { get; init; }

    public TimeSpan RetryAfter { get; init; }

    public int DataWords => 0;

    public int PointerCount => 1;

    /// <summary>Reads the results of a call.</summary>
    public static RegisterConnectionResults Read(StructReader source)
    {
        var response = source.Struct(0);
        var body = response.Struct(0);
        return response.U16(0) switch
        {
            0 => new RegisterConnectionResults { Cause = body.Text(0), RetryAfter = FromNanoseconds((long)body.U64(0)), ShouldRetry = body.Bit(64) },
            1 => new RegisterConnectionResults { Details = new ConnectionDetails(WireGuid.Read(body.Octets(0), "connection id"), body.Text(1), body.Bit(0)) },
            var tag => throw new MessageFormatException($"The answer to the registration is of unknown kind {tag}."),
        };
    }

    public void Write(StructBuilder target)
    {
        var response = target.Struct(0, 1, 1);
        if (Details is { } details)
        {
            response.U16(0, 1);
            var body = response.Struct(0, 1, 2);
            body.Bit(0, details.IsRemotelyManaged);
            body.Octets(0, WireGuid.ToBytes(details.Id));
            body.Text(1, details.Location);
        }
        else
        {
            var body = response.Struct(0, 2, 1);
            body.U64(0, (ulong)ToNanoseconds(RetryAfter));
            body.Bit(64, ShouldRetry);
            body.Text(0, Cause);
        }
    }

    private static TimeSpan FromNanoseconds(long value) => value <= 0 ? TimeSpan.Zero : TimeSpan.FromTicks(value / 100);

    private static long ToNanoseconds(TimeSpan value) =>
        value <= TimeSpan.Zero ? 0 : value.Ticks > long.MaxValue / 100 ? long.MaxValue : value.Ticks * 100;
}
