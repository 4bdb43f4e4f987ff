using Engine.Tunnels;
using Engine.Tunnels.Registration;
using Engine.Tunnels.Registration.Rpc;

namespace Engine.Tests.Tunnels.Registration;

public class CaptureTests
{
    public static TheoryData<string> Files => [.. CapturedMessage.Files];

    [Fact]
    public void There_are_recordings_of_every_case()
    {
        Assert.Equal(9, CapturedMessage.Files.Count);
        Assert.Equal(13, CapturedMessage.Read("control-http2.txt").Count);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_recorded_message_decodes_to_what_the_recorder_saw(string file)
    {
        var messages = CapturedMessage.Read(file);
        Assert.NotEmpty(messages);
        foreach (var message in messages)
        {
            Assert.StartsWith(Describe(Messages.ParseRpc(message.Octets)), message.Description, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_recorded_message_of_the_control_stream_is_written_again_octet_for_octet(string file)
    {
        foreach (var message in CapturedMessage.Read(file))
        {
            if (Encode(Messages.ParseRpc(message.Octets), message.FromConnector) is { } written)
            {
                Assert.Equal(Convert.ToHexString(message.Octets), Convert.ToHexString(written.Span));
            }
        }
    }

    [Fact]
    public void Registration_with_the_recorded_values_equals_the_recording()
    {
        var parameters = new RegisterConnectionParameters
        {
            AccountTag = "0123456789abcdef0123456789abcdef",
            Secret = Convert.FromHexString("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"),
            TunnelId = Guid.Parse("11111111-2222-3333-4444-555555555555"),
            ConnectorId = Guid.Parse("168ff840-1bd8-44af-b3ea-a77429327c51"),
            Features = ["allow_remote_config", "serialized_headers", "support_datagram_v2", "support_quic_eof", "management_logs"],
            Version = "DEV",
            Architecture = "linux_amd64",
            OriginLocalAddress = System.Net.IPAddress.Loopback,
        };
        var written = RpcEncoder.Call(1, RpcTarget.Promised(0), RegistrationInterface.Id, RegistrationInterface.RegisterConnection, parameters);
        Assert.Equal(Convert.ToHexString(CapturedMessage.Read("control-http2.txt")[1].Octets), Convert.ToHexString(written.Span));
    }

    [Fact]
    public void The_recorded_registration_reads_as_its_values()
    {
        var call = Messages.ParseRpc(CapturedMessage.Read("control-http2.txt")[1].Octets).Call;
        var parameters = RegisterConnectionParameters.Read(call.Parameters.Content.AsStruct());
        Assert.Equal("0123456789abcdef0123456789abcdef", parameters.AccountTag);
        Assert.Equal(Enumerable.Range(0, 32).Select(i => (byte)i), parameters.Secret.ToArray());
        Assert.Equal(Guid.Parse("11111111-2222-3333-4444-555555555555"), parameters.TunnelId);
        Assert.Equal(Guid.Parse("168ff840-1bd8-44af-b3ea-a77429327c51"), parameters.ConnectorId);
        Assert.Equal(["allow_remote_config", "serialized_headers", "support_datagram_v2", "support_quic_eof", "management_logs"], parameters.Features);
        Assert.Equal("DEV", parameters.Version);
        Assert.Equal("linux_amd64", parameters.Architecture);
        Assert.Equal(System.Net.IPAddress.Loopback, parameters.OriginLocalAddress);
        Assert.False(parameters.ReplaceExisting);
        Assert.Equal((0, 0, 0), (parameters.ConnectionIndex, parameters.CompressionQuality, parameters.PreviousAttempts));
    }

    [Theory]
    [InlineData("control-http2-edupconn.txt", "EDUPCONN", false, 0)]
    [InlineData("control-http2-error-retryable.txt", "try later", true, 3)]
    public void A_recorded_refusal_reads_as_its_values(string file, string cause, bool shouldRetry, int seconds)
    {
        var results = CapturedMessage.Read(file).Where(message => !message.FromConnector).Select(message => Messages.ParseRpc(message.Octets)).First(message => message.QuestionId == 1);
        var expected = new RegisterConnectionResults { Cause = cause, ShouldRetry = shouldRetry, RetryAfter = TimeSpan.FromSeconds(seconds) };
        Assert.Equal(expected, RegisterConnectionResults.Read(results.Return.Results.Content.AsStruct()));
    }

    private static string Describe(RpcMessage message) => message.Kind switch
    {
        RpcMessageKind.Bootstrap => $"Bootstrap questionId={message.QuestionId}",
        RpcMessageKind.Call => $"Call questionId={message.QuestionId} interfaceId=0x{message.Call.InterfaceId:x16} methodId={message.Call.MethodId}",
        RpcMessageKind.Return => $"Return answerId={message.QuestionId} releaseParamCaps=false which={message.Return.Kind.ToString().ToLowerInvariant()}",
        RpcMessageKind.Finish => $"Finish questionId={message.QuestionId}",
        RpcMessageKind.Release => $"Release id={message.Body.U32(0)} referenceCount={message.Body.U32(4)}",
        RpcMessageKind.Abort => $"Abort type={message.Error.Kind.ToString().ToLowerInvariant()} reason=\"{message.Error.Reason}\"",
        _ => message.Kind.ToString(),
    };

    /// <summary>Decodes to values, and writes the values; null for what only the other transport has.</summary>
    private static ReadOnlyMemory<byte>? Encode(RpcMessage message, bool fromConnector) => message.Kind switch
    {
        RpcMessageKind.Bootstrap => RpcEncoder.Bootstrap(message.QuestionId),
        RpcMessageKind.Finish => RpcEncoder.Finish(message.QuestionId, !message.Body.Bit(32)),
        RpcMessageKind.Release => RpcEncoder.Release(message.Body.U32(0), message.Body.U32(4)),
        RpcMessageKind.Abort => RpcEncoder.Abort(message.Error),
        RpcMessageKind.Call when message.Call.InterfaceId == RegistrationInterface.Id => EncodeCall(message.Call),
        RpcMessageKind.Return when message.Return.Results.Capability is { } capability => RpcEncoder.ReturnCapability(message.QuestionId, capability.Id),
        RpcMessageKind.Return when !fromConnector => EncodeReturn(message.Return),
        _ => null,
    };

    private static ReadOnlyMemory<byte> EncodeCall(RpcCall call)
    {
        var content = call.Parameters.Content.AsStruct();
        IRpcStruct parameters = call.MethodId switch
        {
            RegistrationInterface.RegisterConnection => RegisterConnectionParameters.Read(content),
            RegistrationInterface.UpdateLocalConfiguration => UpdateLocalConfigurationParameters.Read(content),
            _ => EmptyStruct.Instance,
        };
        return RpcEncoder.Call(call.QuestionId, call.Target, call.InterfaceId, call.MethodId, parameters);
    }

    private static ReadOnlyMemory<byte>? EncodeReturn(RpcReturn answer)
    {
        var content = answer.Results.Content.AsStruct();
        return content.PointerCount == 0
            ? RpcEncoder.Return(answer.AnswerId, EmptyStruct.Instance)
            : RpcEncoder.Return(answer.AnswerId, RegisterConnectionResults.Read(content));
    }
}
