namespace Engine.Tunnels.Registration.Rpc;

/// <summary>What a Return says.</summary>
internal enum RpcReturnKind : ushort
{
    Results = 0,
    Exception = 1,
    Canceled = 2,
    ResultsSentElsewhere = 3,
    TakeFromOtherQuestion = 4,
    AcceptFromThirdParty = 5,
}
