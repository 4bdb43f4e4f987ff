using Engine.Tunnels.Registration.Capnp;

namespace Engine.Tunnels.Registration.Rpc;

/// <summary>Whom a call addresses: a capability that the callee exported, or the one that the answer to an earlier question will be.</summary>
/// <remarks><code>
/// MessageTarget   importedCap u32@0, tag u16@4: 0 importedCap, 1 promisedAnswer | PromisedAnswer
/// PromisedAnswer  questionId u32@0                                               | transform List(Op)
/// </code></remarks>
/// <param name="IsPromisedAnswer">Whether <paramref name="Id"/> is a question and not an export.</param>
/// <param name="Id">The export or the question.</param>
/// <param name="TransformLength">How many steps lead from the answer to the capability; none for a bootstrap.</param>
internal readonly record struct RpcTarget(bool IsPromisedAnswer, uint Id, int TransformLength = 0)
{
    public static RpcTarget Imported(uint export) => new(false, export);

    public static RpcTarget Promised(uint question) => new(true, question);

    public static RpcTarget Read(StructReader source)
    {
        if (source.U16(4) > 1)
        {
            throw new MessageFormatException($"A call has a target of unknown kind {source.U16(4)}.");
        }

        var promise = source.Struct(0);
        return source.U16(4) == 0
            ? Imported(source.U32(0))
            : new RpcTarget(true, promise.U32(0), promise.Pointer(0).AsList().Count);
    }

    /// <summary>Writes the target; only an empty transform is ever needed.</summary>
    public void Write(StructBuilder call, int pointer)
    {
        var target = call.Struct(pointer, 1, 1);
        if (IsPromisedAnswer)
        {
            target.U16(4, 1);
            var promise = target.Struct(0, 1, 1);
            promise.U32(0, Id);
            promise.StructList(0, 0, 1, 0);
        }
        else
        {
            target.U32(0, Id);
        }
    }
}
