using Engine.Tunnels.Registration.Capnp;

namespace Engine.Tunnels.Registration.Rpc;

/// <summary>Writes RPC messages. Equal arguments give equal octets: those that the reference writes.</summary>
internal static class RpcEncoder
{
    public static ReadOnlyMemory<byte> Bootstrap(uint question)
    {
        var (builder, body) = Begin(RpcMessageKind.Bootstrap, 1, 1);
        body.U32(0, question);
        return builder.ToMessage();
    }

    public static ReadOnlyMemory<byte> Call(uint question, RpcTarget target, ulong interfaceId, ushort method, IRpcStruct parameters)
    {
        var (builder, body) = Begin(RpcMessageKind.Call, RpcCall.DataWords, RpcCall.PointerCount);
        body.U32(0, question);
        body.U16(4, method);
        body.U64(8, interfaceId);
        target.Write(body, 0);
        RpcPayload.Write(body, 1, parameters);
        return builder.ToMessage();
    }

    public static ReadOnlyMemory<byte> Return(uint answer, IRpcStruct results)
    {
        var (builder, body) = BeginReturn(answer, RpcReturnKind.Results);
        RpcPayload.Write(body, 0, results);
        return builder.ToMessage();
    }

    public static ReadOnlyMemory<byte> ReturnCapability(uint answer, uint export)
    {
        var (builder, body) = BeginReturn(answer, RpcReturnKind.Results);
        RpcPayload.WriteCapability(body, 0, export);
        return builder.ToMessage();
    }

    public static ReadOnlyMemory<byte> ReturnException(uint answer, RpcError error)
    {
        var (builder, body) = BeginReturn(answer, RpcReturnKind.Exception);
        error.Write(body.Struct(0, RpcError.DataWords, RpcError.PointerCount));
        return builder.ToMessage();
    }

    /// <summary>Writes a Finish.</summary>
    /// <param name="question">The question that its asker is done with.</param>
    /// <param name="releaseResults">Whether the capabilities of the answer are given back with it.</param>
    public static ReadOnlyMemory<byte> Finish(uint question, bool releaseResults)
    {
        var (builder, body) = Begin(RpcMessageKind.Finish, 1, 0);
        body.U32(0, question);
        body.Bit(32, !releaseResults);
        return builder.ToMessage();
    }

    public static ReadOnlyMemory<byte> Release(uint id, uint count)
    {
        var (builder, body) = Begin(RpcMessageKind.Release, 1, 0);
        body.U32(0, id);
        body.U32(4, count);
        return builder.ToMessage();
    }

    public static ReadOnlyMemory<byte> Abort(RpcError error)
    {
        var (builder, body) = Begin(RpcMessageKind.Abort, RpcError.DataWords, RpcError.PointerCount);
        error.Write(body);
        return builder.ToMessage();
    }

    /// <summary>Sends a message back that its receiver does not know.</summary>
    public static ReadOnlyMemory<byte> Unimplemented(RpcMessage message)
    {
        var builder = new CapnpBuilder();
        var root = builder.Root(1, 1);
        root.U16(0, (ushort)RpcMessageKind.Unimplemented);
        root.Copy(0, message.Root);
        return builder.ToMessage();
    }

    private static (CapnpBuilder Builder, StructBuilder Body) BeginReturn(uint answer, RpcReturnKind kind)
    {
        var begun = Begin(RpcMessageKind.Return, RpcReturn.DataWords, RpcReturn.PointerCount);
        begun.Body.U32(0, answer);
        begun.Body.Bit(32, true); // releaseParamCaps = false: we never take capabilities.
        begun.Body.U16(6, (ushort)kind);
        return begun;
    }

    private static (CapnpBuilder Builder, StructBuilder Body) Begin(RpcMessageKind kind, int dataWords, int pointers)
    {
        var builder = new CapnpBuilder();
        var root = builder.Root(1, 1);
        root.U16(0, (ushort)kind);
        return (builder, root.Struct(0, dataWords, pointers));
    }
}
