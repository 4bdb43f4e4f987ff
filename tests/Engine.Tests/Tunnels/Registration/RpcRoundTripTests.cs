using System.Net;
using Engine.Tunnels;
using Engine.Tunnels.Registration;
using Engine.Tunnels.Registration.Rpc;

namespace Engine.Tests.Tunnels.Registration;

public class RpcRoundTripTests
{
    [Fact]
    public void A_registration_reads_back_as_it_was_written()
    {
        var random = new Random(7844);
        for (var round = 0; round < 200; round++)
        {
            var written = RandomRegistration(random);
            var target = round % 2 == 0 ? RpcTarget.Imported((uint)random.Next()) : RpcTarget.Promised((uint)random.Next());
            var call = Messages.ParseRpc(RpcEncoder.Call((uint)round, target, RegistrationInterface.Id, 0, written)).Call;
            Assert.Equal(target, call.Target);
            Assert.Equal((uint)round, call.QuestionId);
            AssertEqual(written, RegisterConnectionParameters.Read(call.Parameters.Content.AsStruct()));
        }
    }

    [Fact]
    public void Results_read_back_as_they_were_written()
    {
        RegisterConnectionResults[] all =
        [
            new() { Details = new ConnectionDetails(Guid.NewGuid(), "Zürich 01", true) },
            new() { Details = new ConnectionDetails(Guid.Empty, "", false) },
            new() { Cause = "try later", ShouldRetry = true, RetryAfter = TimeSpan.FromSeconds(90) },
            new(),
        ];
        foreach (var written in all)
        {
            var answer = Messages.ParseRpc(RpcEncoder.Return(7, written)).Return;
            Assert.Equal((7U, RpcReturnKind.Results), (answer.AnswerId, answer.Kind));
            var read = RegisterConnectionResults.Read(answer.Results.Content.AsStruct());
            Assert.Equal(written, read);
        }
    }

    [Fact]
    public void Exceptions_aborts_finishes_and_releases_read_back_as_they_were_written()
    {
        var error = new RpcError(RpcErrorKind.Unimplemented, "no such method");
        var answer = Messages.ParseRpc(RpcEncoder.ReturnException(3, error)).Return;
        Assert.Equal((3U, RpcReturnKind.Exception, error), (answer.AnswerId, answer.Kind, answer.Error));
        Assert.Equal(error, Messages.ParseRpc(RpcEncoder.Abort(error)).Error);

        var finish = Messages.ParseRpc(RpcEncoder.Finish(9, releaseResults: true));
        Assert.Equal((RpcMessageKind.Finish, 9U, false), (finish.Kind, finish.QuestionId, finish.Body.Bit(32)));
        var release = Messages.ParseRpc(RpcEncoder.Release(4, 2));
        Assert.Equal((RpcMessageKind.Release, 4U, 2U), (release.Kind, release.Body.U32(0), release.Body.U32(4)));
    }

    [Fact]
    public void An_unimplemented_message_comes_back_with_all_that_it_leads_to()
    {
        foreach (var captured in CapturedMessage.Files.SelectMany(CapturedMessage.Read))
        {
            var back = Messages.ParseRpc(RpcEncoder.Unimplemented(Messages.ParseRpc(captured.Octets)));
            Assert.Equal(RpcMessageKind.Unimplemented, back.Kind);
            // Copied out of the envelope it is the captured message again, octet for octet but for the order of its parts.
            var inner = back.Rejected;
            Assert.Equal(Messages.ParseRpc(captured.Octets).Kind, inner.Kind);
            Assert.Equal(Messages.ParseRpc(captured.Octets).QuestionId, inner.QuestionId);
            if (inner.Kind == RpcMessageKind.Call && inner.Call is { InterfaceId: RegistrationInterface.Id, MethodId: 0 } call)
            {
                var original = Messages.ParseRpc(captured.Octets).Call;
                AssertEqual(
                    RegisterConnectionParameters.Read(original.Parameters.Content.AsStruct()),
                    RegisterConnectionParameters.Read(call.Parameters.Content.AsStruct()));
            }
        }
    }

    [Fact]
    public void A_retry_time_of_any_size_survives_or_saturates()
    {
        foreach (var value in new[] { long.MinValue, -1, 0, 99, 100, 3_000_000_000, long.MaxValue })
        {
            var expected = value <= 0 ? TimeSpan.Zero : TimeSpan.FromTicks(value / 100);
            var written = new RegisterConnectionResults { RetryAfter = expected };
            Assert.Equal(written, RegisterConnectionResults.Read(Messages.ParseRpc(RpcEncoder.Return(0, written)).Return.Results.Content.AsStruct()));
        }

        var longest = new RegisterConnectionResults { RetryAfter = TimeSpan.MaxValue };
        var read = RegisterConnectionResults.Read(Messages.ParseRpc(RpcEncoder.Return(0, longest)).Return.Results.Content.AsStruct());
        Assert.True(read.RetryAfter > TimeSpan.FromDays(365 * 200));
    }

    private static RegisterConnectionParameters RandomRegistration(Random random) => new()
    {
        AccountTag = RandomText(random),
        Secret = RandomOctets(random, 64),
        TunnelId = Guid.NewGuid(),
        ConnectorId = Guid.NewGuid(),
        ConnectionIndex = (byte)random.Next(256),
        Features = [.. Enumerable.Range(0, random.Next(20)).Select(_ => RandomText(random))],
        Version = RandomText(random),
        Architecture = RandomText(random),
        OriginLocalAddress = random.Next(3) switch { 0 => null, 1 => new IPAddress(RandomOctets(random, 4, exact: true)), _ => IPAddress.Parse("2001:db8::7") },
        ReplaceExisting = random.Next(2) == 0,
        CompressionQuality = (byte)random.Next(256),
        PreviousAttempts = (byte)random.Next(256),
    };

    private static string RandomText(Random random) => string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => "aé漢-Z9"[random.Next(6)]));

    private static byte[] RandomOctets(Random random, int length, bool exact = false)
    {
        var octets = new byte[exact ? length : random.Next(length)];
        random.NextBytes(octets);
        return octets;
    }

    private static void AssertEqual(RegisterConnectionParameters expected, RegisterConnectionParameters actual)
    {
        Assert.Equal(expected.AccountTag, actual.AccountTag);
        Assert.Equal(expected.Secret.ToArray(), actual.Secret.ToArray());
        Assert.Equal(expected.TunnelId, actual.TunnelId);
        Assert.Equal(expected.ConnectorId, actual.ConnectorId);
        Assert.Equal(expected.ConnectionIndex, actual.ConnectionIndex);
        Assert.Equal(expected.Features, actual.Features);
        Assert.Equal((expected.Version, expected.Architecture), (actual.Version, actual.Architecture));
        Assert.Equal(expected.OriginLocalAddress, actual.OriginLocalAddress);
        Assert.Equal(expected.ReplaceExisting, actual.ReplaceExisting);
        Assert.Equal((expected.CompressionQuality, expected.PreviousAttempts), (actual.CompressionQuality, actual.PreviousAttempts));
    }
}
